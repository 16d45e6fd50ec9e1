################################################################################
# Identity: what the servers may do, and nothing more
################################################################################

resource "aws_iam_role" "this" {
  name = var.name

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ec2.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })

  tags = merge(var.tags, { Name = var.name })
}

resource "aws_iam_instance_profile" "this" {
  name = var.name
  role = aws_iam_role.this.name
}

################################################################################
# Security group: the load balancer comes in, and nobody else
################################################################################

resource "aws_security_group" "this" {
  name        = "${var.name}-app"
  description = "Admits the load balancer to the servers of ${var.name}"
  vpc_id      = var.vpc_id

  tags = merge(var.tags, { Name = "${var.name}-app" })
}

resource "aws_security_group_rule" "from_load_balancer" {
  security_group_id        = aws_security_group.this.id
  description              = "Requests and health checks"
  type                     = "ingress"
  protocol                 = "tcp"
  from_port                = var.target_port
  to_port                  = var.target_port
  source_security_group_id = var.load_balancer_security_group_id
}

resource "aws_security_group_rule" "to_https" {
  security_group_id = aws_security_group.this.id
  description       = "AWS APIs and package mirrors"
  type              = "egress"
  protocol          = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_blocks       = ["0.0.0.0/0"]
}

################################################################################
# Servers
################################################################################

resource "aws_launch_template" "this" {
  name                   = var.name
  image_id               = var.image_id
  instance_type          = var.instance_type
  user_data              = var.user_data == null ? null : base64encode(var.user_data)
  update_default_version = true

  iam_instance_profile {
    name = aws_iam_instance_profile.this.name
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required" # IMDSv2 only
    http_put_response_hop_limit = 1
  }

  network_interfaces {
    associate_public_ip_address = false
    delete_on_termination       = true
    security_groups             = [aws_security_group.this.id]
  }

  monitoring {
    enabled = true
  }

  tags = merge(var.tags, { Name = var.name })

  lifecycle {
    # Unused here, as the group below tags the instances; the embedded AWS gives the template's own
    # tags back as one, which would make every plan want to take it away.
    ignore_changes = [tag_specifications]
  }
}

resource "aws_autoscaling_group" "this" {
  name                      = var.name
  min_size                  = var.capacity
  desired_capacity          = var.capacity
  max_size                  = var.maximum_capacity
  vpc_zone_identifier       = var.private_subnet_ids
  target_group_arns         = [var.target_group_arn]
  health_check_type         = "ELB"
  health_check_grace_period = 120
  # The embedded AWS starts no machines that could become healthy.
  wait_for_capacity_timeout = "0"

  launch_template {
    id      = aws_launch_template.this.id
    version = aws_launch_template.this.latest_version
  }

  # Another image or type replaces the servers that run, a few at a time.
  instance_refresh {
    strategy = "Rolling"
  }

  dynamic "tag" {
    for_each = merge(var.tags, { Name = var.name })

    content {
      key                 = tag.key
      value               = tag.value
      propagate_at_launch = true
    }
  }

  lifecycle {
    # Scaling moves it between min_size and max_size.
    ignore_changes = [desired_capacity]

    precondition {
      condition     = var.maximum_capacity >= var.capacity
      error_message = "maximum_capacity must be at least capacity."
    }
  }
}

resource "aws_autoscaling_policy" "cpu" {
  name                   = "${var.name}-cpu"
  autoscaling_group_name = aws_autoscaling_group.this.name
  policy_type            = "TargetTrackingScaling"

  target_tracking_configuration {
    target_value = var.target_cpu_utilization

    predefined_metric_specification {
      predefined_metric_type = "ASGAverageCPUUtilization"
    }
  }
}
