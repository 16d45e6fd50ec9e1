################################################################################
# Primary region: what is written here is copied
################################################################################

resource "aws_s3_bucket" "primary" {
  provider = aws.primary

  bucket        = var.primary_bucket
  force_destroy = var.force_destroy

  versioning {
    enabled = true
  }

  server_side_encryption_configuration {
    rule {
      apply_server_side_encryption_by_default {
        sse_algorithm = "AES256"
      }
    }
  }

  lifecycle_rule {
    id                                     = "versions"
    enabled                                = true
    abort_incomplete_multipart_upload_days = 7

    noncurrent_version_expiration {
      days = var.noncurrent_version_days
    }
  }

  replication_configuration {
    role = aws_iam_role.replication.arn

    # With a filter, if an empty one: in this form delete markers are not copied.
    rules {
      id       = "all"
      status   = "Enabled"
      priority = 1

      filter {
        prefix = ""
      }

      destination {
        bucket        = aws_s3_bucket.secondary.arn
        storage_class = "STANDARD"
      }
    }
  }

  tags = merge(var.tags, { Name = var.primary_bucket })

  # The role may write before there is anything to copy.
  depends_on = [aws_iam_role_policy.replication]
}

resource "aws_s3_bucket_public_access_block" "primary" {
  provider = aws.primary

  bucket = aws_s3_bucket.primary.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_policy" "primary" {
  provider = aws.primary

  bucket = aws_s3_bucket.primary.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = ["arn:aws:s3:::${var.primary_bucket}", "arn:aws:s3:::${var.primary_bucket}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })

  # Both change the bucket's policies, and S3 refuses two at once.
  depends_on = [aws_s3_bucket_public_access_block.primary]
}

################################################################################
# Secondary region: the copy
################################################################################

resource "aws_s3_bucket" "secondary" {
  provider = aws.secondary

  bucket        = var.secondary_bucket
  force_destroy = var.force_destroy

  versioning {
    enabled = true
  }

  server_side_encryption_configuration {
    rule {
      apply_server_side_encryption_by_default {
        sse_algorithm = "AES256"
      }
    }
  }

  lifecycle_rule {
    id                                     = "versions"
    enabled                                = true
    abort_incomplete_multipart_upload_days = 7

    noncurrent_version_expiration {
      days = var.noncurrent_version_days
    }
  }

  tags = merge(var.tags, { Name = var.secondary_bucket })
}

resource "aws_s3_bucket_public_access_block" "secondary" {
  provider = aws.secondary

  bucket = aws_s3_bucket.secondary.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_policy" "secondary" {
  provider = aws.secondary

  bucket = aws_s3_bucket.secondary.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = ["arn:aws:s3:::${var.secondary_bucket}", "arn:aws:s3:::${var.secondary_bucket}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })

  # Both change the bucket's policies, and S3 refuses two at once.
  depends_on = [aws_s3_bucket_public_access_block.secondary]
}

################################################################################
# Replication: a role that reads the one bucket and writes the other, and nothing else
################################################################################

resource "aws_iam_role" "replication" {
  provider = aws.primary

  name = "${var.primary_bucket}-replication"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "s3.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })

  tags = merge(var.tags, { Name = "${var.primary_bucket}-replication" })
}

resource "aws_iam_role_policy" "replication" {
  provider = aws.primary

  name = "replication"
  role = aws_iam_role.replication.id

  # The buckets by name: the primary one is made with this role, and cannot come before it.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["s3:GetReplicationConfiguration", "s3:ListBucket"]
        Resource = "arn:aws:s3:::${var.primary_bucket}"
      },
      {
        Effect = "Allow"
        Action = [
          "s3:GetObjectVersionForReplication",
          "s3:GetObjectVersionAcl",
          "s3:GetObjectVersionTagging",
        ]
        Resource = "arn:aws:s3:::${var.primary_bucket}/*"
      },
      {
        Effect   = "Allow"
        Action   = ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"]
        Resource = "arn:aws:s3:::${var.secondary_bucket}/*"
      },
    ]
  })
}
