terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 3.39, < 7.0"
    }
  }
}

provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "secondary"
  region = "us-west-2"
}

module "service" {
  source = "../.."
  providers = {
    aws.primary   = aws
    aws.secondary = aws.secondary
  }

  name        = "example"
  zone_name   = "example.com"
  record_name = "www.example.com"

  primary_cidr_block           = "10.0.0.0/16"
  primary_availability_zones   = ["us-east-1a", "us-east-1b"]
  secondary_cidr_block         = "10.1.0.0/16"
  secondary_availability_zones = ["us-west-2a", "us-west-2b"]

  nat_gateways                   = "per_zone"
  flow_logs_enabled              = true
  flow_logs_traffic_type         = "ALL"
  flow_logs_retention_days       = 90
  health_check_path              = "/ready"
  health_check_interval          = 10
  health_check_failure_threshold = 3
  deletion_protection_enabled    = true
  https_enabled                  = true
  access_logs_bucket_prefix      = "example-access-logs"
  storage_bucket_prefix          = "example-data"
  data_disposable                = true

  database_enabled               = true
  database_engine_version        = "16.6"
  database_instance_class        = "db.r6g.xlarge"
  database_instance_count        = 3
  database_backup_retention_days = 35

  primary_image_id   = "ami-0123456789abcdef0"
  secondary_image_id = "ami-0fedcba9876543210"
  user_data          = "#!/bin/bash\nsystemctl enable --now example\n"
  instance_type      = "m6i.large"
  primary_capacity   = 3
  secondary_capacity = 3
  maximum_capacity   = 12
  tags               = { Team = "platform" }
}
