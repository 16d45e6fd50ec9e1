################################################################################
# Primary region
################################################################################

module "network_primary" {
  source    = "../network"
  providers = { aws = aws.primary }

  name               = "${var.name}-primary"
  cidr_block         = var.primary_cidr_block
  availability_zones = var.primary_availability_zones
  tags               = var.tags
}

module "load_balancer_primary" {
  source    = "../load_balancer"
  providers = { aws = aws.primary }

  name                        = "${var.name}-primary"
  vpc_id                      = module.network_primary.vpc_id
  vpc_cidr_block              = module.network_primary.vpc_cidr_block
  public_subnet_ids           = module.network_primary.public_subnet_ids
  health_check_path           = var.health_check_path
  deletion_protection_enabled = var.deletion_protection_enabled
  tags                        = var.tags
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
  tags               = var.tags
}

module "load_balancer_secondary" {
  source    = "../load_balancer"
  providers = { aws = aws.secondary }

  name                        = "${var.name}-secondary"
  vpc_id                      = module.network_secondary.vpc_id
  vpc_cidr_block              = module.network_secondary.vpc_cidr_block
  public_subnet_ids           = module.network_secondary.public_subnet_ids
  health_check_path           = var.health_check_path
  deletion_protection_enabled = var.deletion_protection_enabled
  tags                        = var.tags
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
  health_check_path                = var.health_check_path
  health_check_interval            = var.health_check_interval
  health_check_failure_threshold   = var.health_check_failure_threshold
  tags                             = var.tags
}
