"""The few calls to other services that the console makes: EC2, Resource Groups, S3 and CloudWatch Logs."""
