"""The API as clients see it: the HTTP frame, the signature, one module of operations per noun."""
