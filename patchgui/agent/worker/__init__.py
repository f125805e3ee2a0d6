"""The node worker: one process per node that runs commands and keeps a journal of them.

It imports neither pydantic nor Starlette nor asyncio, since it starts anew with every boot of a sandbox node.
"""
