"""The same connection, said to the AWS CLI."""

import shlex

from patchgui.console.connection import Connection


def aws_command(connection: Connection) -> str:
    """Return a shell line that asks ``connection`` for its nodes with the AWS CLI."""
    words: list[str] = []
    if connection.credentials_file is not None:
        words.append(f"AWS_SHARED_CREDENTIALS_FILE={shlex.quote(str(connection.credentials_file))}")
    words.append("aws")
    if connection.profile:
        words.append(f"--profile {shlex.quote(connection.profile)}")
    words.append(f"--region {shlex.quote(connection.region)}")
    if connection.endpoint_url:
        words.append(f"--endpoint-url {shlex.quote(connection.endpoint_url)}")
    return " ".join([*words, "ssm describe-instance-information"])
