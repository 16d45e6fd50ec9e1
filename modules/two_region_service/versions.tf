terraform {
  required_version = ">= 1.9" # the first whose validations may compare variables

  required_providers {
    aws = {
      source                = "hashicorp/aws"
      version               = ">= 3.39, < 7.0"
      configuration_aliases = [aws.primary, aws.secondary]
    }
  }
}
