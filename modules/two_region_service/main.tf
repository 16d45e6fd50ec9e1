# Ask no API: the names are what the providers are set to.
data "aws_region" "primary" {
  provider = aws.primary
}

data "aws_region" "secondary" {
  provider = aws.secondary
}

locals {
  # For the alarms of us-east-1, whichever role it has: Route 53 keeps its metrics there.
  health_check_ids = {
    primary   = module.failover_dns.primary_health_check_id
    secondary = module.failover_dns.secondary_health_check_id
  }
}

################################################################################
# Primary region
################################################################################

module "network_primary" {
  source    = "../network"
  providers = { aws = aws.primary }

  name               = "${var.name}-primary"
  cidr_block         = var.primary_cidr_block
  availability_zones = var.primary_availability_zones
  nat_gateways       = var.nat_gateways

  flow_logs_enabled        = var.flow_logs_enabled
  flow_logs_traffic_type   = var.flow_logs_traffic_type
  flow_logs_retention_days = var.flow_logs_retention_days

  tags = var.tags
}

module "certificate_primary" {
  source    = "../certificate"
  providers = { aws = aws.primary }
  count     = var.https_enabled ? 1 : 0

  domain_name               = var.record_name
  zone_id                   = module.failover_dns.zone_id
  create_validation_records = true
  tags                      = var.tags
}

module "access_logs_primary" {
  source    = "../access_logs"
  providers = { aws = aws.primary }
  count     = var.access_logs_bucket_prefix == null ? 0 : 1

  bucket = "${var.access_logs_bucket_prefix}-primary"
  tags   = var.tags
}

module "load_balancer_primary" {
  source    = "../load_balancer"
  providers = { aws = aws.primary }

  name                        = "${var.name}-primary"
  vpc_id                      = module.network_primary.vpc_id
  vpc_cidr_block              = module.network_primary.vpc_cidr_block
  public_subnet_ids           = module.network_primary.public_subnet_ids
  https_enabled               = var.https_enabled
  certificate_arn             = var.https_enabled ? module.certificate_primary[0].certificate_arn : null
  access_logs_enabled         = var.access_logs_bucket_prefix != null
  access_logs_bucket          = var.access_logs_bucket_prefix == null ? null : module.access_logs_primary[0].bucket
  health_check_path           = var.health_check_path
  deletion_protection_enabled = var.deletion_protection_enabled
  tags                        = var.tags
}

module "app_primary" {
  source    = "../app"
  providers = { aws = aws.primary }

  name                            = "${var.name}-primary"
  vpc_id                          = module.network_primary.vpc_id
  private_subnet_ids              = module.network_primary.private_subnet_ids
  load_balancer_security_group_id = module.load_balancer_primary.security_group_id
  target_group_arn                = module.load_balancer_primary.target_group_arn
  target_port                     = module.load_balancer_primary.target_port
  image_id                        = var.primary_image_id
  user_data                       = var.user_data
  instance_type                   = var.instance_type
  capacity                        = var.primary_capacity
  maximum_capacity                = var.maximum_capacity
  tags                            = var.tags
}

module "alarms_primary" {
  source    = "../alarms"
  providers = { aws = aws.primary }

  name              = "${var.name}-primary"
  health_check_ids  = data.aws_region.primary.id == "us-east-1" ? local.health_check_ids : {}
  load_balancer_arn = module.load_balancer_primary.load_balancer_arn
  target_group_arn  = module.load_balancer_primary.target_group_arn
  tags              = var.tags
}

################################################################################
# Secondary region
################################################################################

module "network_secondary" {
  source    = "../network"
  providers = { aws = aws.secondary }

  name               = "${var.name}-secondary"
  cidr_block         = var.secondary_cidr_block
  availability_zones = var.secondary_availability_zones
  nat_gateways       = var.nat_gateways

  flow_logs_enabled        = var.flow_logs_enabled
  flow_logs_traffic_type   = var.flow_logs_traffic_type
  flow_logs_retention_days = var.flow_logs_retention_days

  tags = var.tags
}

module "certificate_secondary" {
  source    = "../certificate"
  providers = { aws = aws.secondary }
  count     = var.https_enabled ? 1 : 0

  domain_name               = var.record_name
  zone_id                   = module.failover_dns.zone_id
  create_validation_records = false # the primary creates the one record for both
  tags                      = var.tags
}

module "access_logs_secondary" {
  source    = "../access_logs"
  providers = { aws = aws.secondary }
  count     = var.access_logs_bucket_prefix == null ? 0 : 1

  bucket = "${var.access_logs_bucket_prefix}-secondary"
  tags   = var.tags
}

module "load_balancer_secondary" {
  source    = "../load_balancer"
  providers = { aws = aws.secondary }

  name                        = "${var.name}-secondary"
  vpc_id                      = module.network_secondary.vpc_id
  vpc_cidr_block              = module.network_secondary.vpc_cidr_block
  public_subnet_ids           = module.network_secondary.public_subnet_ids
  https_enabled               = var.https_enabled
  certificate_arn             = var.https_enabled ? module.certificate_secondary[0].certificate_arn : null
  access_logs_enabled         = var.access_logs_bucket_prefix != null
  access_logs_bucket          = var.access_logs_bucket_prefix == null ? null : module.access_logs_secondary[0].bucket
  health_check_path           = var.health_check_path
  deletion_protection_enabled = var.deletion_protection_enabled
  tags                        = var.tags
}

module "app_secondary" {
  source    = "../app"
  providers = { aws = aws.secondary }

  name                            = "${var.name}-secondary"
  vpc_id                          = module.network_secondary.vpc_id
  private_subnet_ids              = module.network_secondary.private_subnet_ids
  load_balancer_security_group_id = module.load_balancer_secondary.security_group_id
  target_group_arn                = module.load_balancer_secondary.target_group_arn
  target_port                     = module.load_balancer_secondary.target_port
  image_id                        = var.secondary_image_id
  user_data                       = var.user_data
  instance_type                   = var.instance_type
  capacity                        = var.secondary_capacity
  maximum_capacity                = var.maximum_capacity
  tags                            = var.tags
}

module "alarms_secondary" {
  source    = "../alarms"
  providers = { aws = aws.secondary }

  name                          = "${var.name}-secondary"
  health_check_ids              = data.aws_region.secondary.id == "us-east-1" ? local.health_check_ids : {}
  load_balancer_arn             = module.load_balancer_secondary.load_balancer_arn
  target_group_arn              = module.load_balancer_secondary.target_group_arn
  replication_lag_alarm_enabled = var.database_enabled
  database_cluster_identifier   = var.database_enabled ? module.database[0].secondary_cluster_identifier : null
  tags                          = var.tags
}

################################################################################
# Data, in both regions
################################################################################

module "storage" {
  source    = "../storage"
  providers = { aws.primary = aws.primary, aws.secondary = aws.secondary }
  count     = var.storage_bucket_prefix == null ? 0 : 1

  primary_bucket   = "${var.storage_bucket_prefix}-primary"
  secondary_bucket = "${var.storage_bucket_prefix}-secondary"
  force_destroy    = var.data_disposable
  tags             = var.tags
}

module "database" {
  source    = "../database"
  providers = { aws.primary = aws.primary, aws.secondary = aws.secondary }
  count     = var.database_enabled ? 1 : 0

  name                            = var.name
  primary_vpc_id                  = module.network_primary.vpc_id
  primary_private_subnet_ids      = module.network_primary.private_subnet_ids
  primary_app_security_group_id   = module.app_primary.security_group_id
  secondary_vpc_id                = module.network_secondary.vpc_id
  secondary_private_subnet_ids    = module.network_secondary.private_subnet_ids
  secondary_app_security_group_id = module.app_secondary.security_group_id
  engine_version                  = var.database_engine_version
  instance_class                  = var.database_instance_class
  instance_count                  = var.database_instance_count
  backup_retention_days           = var.database_backup_retention_days
  deletion_protection_enabled     = var.deletion_protection_enabled
  skip_final_snapshot             = var.data_disposable
  tags                            = var.tags
}

################################################################################
# The name that fails over; Route 53 belongs to no region
################################################################################

module "failover_dns" {
  source    = "../failover_dns"
  providers = { aws = aws.primary }

  record_name                      = var.record_name
  zone_name                        = var.zone_name
  zone_id                          = var.zone_id
  primary_load_balancer_dns_name   = module.load_balancer_primary.load_balancer_dns_name
  primary_load_balancer_zone_id    = module.load_balancer_primary.load_balancer_zone_id
  secondary_load_balancer_dns_name = module.load_balancer_secondary.load_balancer_dns_name
  secondary_load_balancer_zone_id  = module.load_balancer_secondary.load_balancer_zone_id
  health_check_type                = var.https_enabled ? "HTTPS" : "HTTP"
  health_check_port                = var.https_enabled ? 443 : 80
  health_check_path                = var.health_check_path
  health_check_interval            = var.health_check_interval
  health_check_failure_threshold   = var.health_check_failure_threshold
  tags                             = var.tags
}
