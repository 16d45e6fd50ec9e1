# Asks no API: the name is what the provider is set to.
data "aws_region" "primary" {
  provider = aws.primary
}

################################################################################
# Global cluster: what ties the two regions' clusters together
################################################################################

resource "aws_rds_global_cluster" "this" {
  provider = aws.primary

  global_cluster_identifier = var.name
  engine                    = "aurora-postgresql"
  engine_version            = var.engine_version
  storage_encrypted         = true
  deletion_protection       = var.deletion_protection_enabled
}

################################################################################
# Primary region: the writer
################################################################################

resource "aws_kms_key" "primary" {
  provider = aws.primary

  description             = "Database ${var.name} in the primary region"
  enable_key_rotation     = true
  deletion_window_in_days = 30

  tags = merge(var.tags, { Name = "${var.name}-primary" })
}

resource "aws_db_subnet_group" "primary" {
  provider = aws.primary

  name        = "${var.name}-primary"
  description = "Private subnets of database ${var.name}"
  subnet_ids  = var.primary_private_subnet_ids

  tags = merge(var.tags, { Name = "${var.name}-primary" })
}

resource "aws_security_group" "primary" {
  provider = aws.primary

  name        = "${var.name}-primary-database"
  description = "Admits the application to database ${var.name}"
  vpc_id      = var.primary_vpc_id

  tags = merge(var.tags, { Name = "${var.name}-primary-database" })
}

resource "aws_security_group_rule" "primary" {
  provider = aws.primary

  security_group_id        = aws_security_group.primary.id
  description              = "The application, and nobody else"
  type                     = "ingress"
  protocol                 = "tcp"
  from_port                = 5432
  to_port                  = 5432
  source_security_group_id = var.primary_app_security_group_id
}

resource "aws_security_group_rule" "primary_application" {
  provider = aws.primary

  security_group_id        = var.primary_app_security_group_id
  description              = "From the application to its database"
  type                     = "egress"
  protocol                 = "tcp"
  from_port                = 5432
  to_port                  = 5432
  source_security_group_id = aws_security_group.primary.id
}

resource "aws_rds_cluster" "primary" {
  provider = aws.primary

  cluster_identifier        = "${var.name}-primary"
  global_cluster_identifier = aws_rds_global_cluster.this.id
  engine                    = aws_rds_global_cluster.this.engine
  engine_version            = aws_rds_global_cluster.this.engine_version

  database_name   = var.database_name
  master_username = var.master_username
  # Nobody needs it: the application comes in by IAM. Who does sets one that no state has held.
  master_password = coalesce(var.master_password, uuid())

  db_subnet_group_name                = aws_db_subnet_group.primary.name
  vpc_security_group_ids              = [aws_security_group.primary.id]
  port                                = 5432
  storage_encrypted                   = true
  kms_key_id                          = aws_kms_key.primary.arn
  iam_database_authentication_enabled = true
  enabled_cloudwatch_logs_exports     = ["postgresql"]

  backup_retention_period = var.backup_retention_days
  copy_tags_to_snapshot   = true
  deletion_protection     = var.deletion_protection_enabled

  skip_final_snapshot       = var.skip_final_snapshot
  final_snapshot_identifier = var.skip_final_snapshot ? null : "${var.name}-final"

  tags = merge(var.tags, { Name = "${var.name}-primary" })

  lifecycle {
    # AWS sets the source when the roles change. The password is used once: another uuid(), or one
    # that was changed in the database since, changes nothing.
    ignore_changes = [replication_source_identifier, master_password]
  }
}

resource "aws_rds_cluster_instance" "primary" {
  provider = aws.primary
  count    = var.instance_count

  identifier           = "${var.name}-primary-${count.index + 1}"
  cluster_identifier   = aws_rds_cluster.primary.id
  engine               = aws_rds_cluster.primary.engine
  engine_version       = aws_rds_cluster.primary.engine_version
  instance_class       = var.instance_class
  db_subnet_group_name = aws_db_subnet_group.primary.name
  publicly_accessible  = false
  # All members of a global database must run one version: it is changed here, for all of them.
  auto_minor_version_upgrade = false
  copy_tags_to_snapshot      = true

  tags = merge(var.tags, { Name = "${var.name}-primary-${count.index + 1}" })
}

################################################################################
# Secondary region: readers, one of which can become the writer
################################################################################

resource "aws_kms_key" "secondary" {
  provider = aws.secondary

  description             = "Database ${var.name} in the secondary region"
  enable_key_rotation     = true
  deletion_window_in_days = 30

  tags = merge(var.tags, { Name = "${var.name}-secondary" })
}

resource "aws_db_subnet_group" "secondary" {
  provider = aws.secondary

  name        = "${var.name}-secondary"
  description = "Private subnets of database ${var.name}"
  subnet_ids  = var.secondary_private_subnet_ids

  tags = merge(var.tags, { Name = "${var.name}-secondary" })
}

resource "aws_security_group" "secondary" {
  provider = aws.secondary

  name        = "${var.name}-secondary-database"
  description = "Admits the application to database ${var.name}"
  vpc_id      = var.secondary_vpc_id

  tags = merge(var.tags, { Name = "${var.name}-secondary-database" })
}

resource "aws_security_group_rule" "secondary" {
  provider = aws.secondary

  security_group_id        = aws_security_group.secondary.id
  description              = "The application, and nobody else"
  type                     = "ingress"
  protocol                 = "tcp"
  from_port                = 5432
  to_port                  = 5432
  source_security_group_id = var.secondary_app_security_group_id
}

resource "aws_security_group_rule" "secondary_application" {
  provider = aws.secondary

  security_group_id        = var.secondary_app_security_group_id
  description              = "From the application to its database"
  type                     = "egress"
  protocol                 = "tcp"
  from_port                = 5432
  to_port                  = 5432
  source_security_group_id = aws_security_group.secondary.id
}

resource "aws_rds_cluster" "secondary" {
  provider = aws.secondary

  cluster_identifier        = "${var.name}-secondary"
  global_cluster_identifier = aws_rds_global_cluster.this.id
  engine                    = aws_rds_global_cluster.this.engine
  engine_version            = aws_rds_global_cluster.this.engine_version

  # For the encrypted copy: the provider asks that region's key on behalf of this one.
  source_region = data.aws_region.primary.id

  db_subnet_group_name                = aws_db_subnet_group.secondary.name
  vpc_security_group_ids              = [aws_security_group.secondary.id]
  port                                = 5432
  storage_encrypted                   = true
  kms_key_id                          = aws_kms_key.secondary.arn
  iam_database_authentication_enabled = true
  enabled_cloudwatch_logs_exports     = ["postgresql"]

  backup_retention_period = var.backup_retention_days
  copy_tags_to_snapshot   = true
  deletion_protection     = var.deletion_protection_enabled

  # It holds nothing that the primary has not; before that one is destroyed, a snapshot is taken.
  skip_final_snapshot = true

  tags = merge(var.tags, { Name = "${var.name}-secondary" })

  # A secondary cluster can only join a writer that is up.
  depends_on = [aws_rds_cluster_instance.primary]

  lifecycle {
    # AWS sets it, and clears it when this cluster becomes the writer.
    ignore_changes = [replication_source_identifier]
  }
}

resource "aws_rds_cluster_instance" "secondary" {
  provider = aws.secondary
  count    = var.instance_count

  identifier           = "${var.name}-secondary-${count.index + 1}"
  cluster_identifier   = aws_rds_cluster.secondary.id
  engine               = aws_rds_cluster.secondary.engine
  engine_version       = aws_rds_cluster.secondary.engine_version
  instance_class       = var.instance_class
  db_subnet_group_name = aws_db_subnet_group.secondary.name
  publicly_accessible  = false
  # All members of a global database must run one version: it is changed here, for all of them.
  auto_minor_version_upgrade = false
  copy_tags_to_snapshot      = true

  tags = merge(var.tags, { Name = "${var.name}-secondary-${count.index + 1}" })
}
