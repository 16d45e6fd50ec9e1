terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region = "ap-southeast-2"
}

# What a network and a load balancer would bring, without the minute that a load balancer takes.
resource "aws_vpc" "this" {
  cidr_block = "10.60.0.0/24"
}

resource "aws_subnet" "this" {
  for_each = { "ap-southeast-2a" = 0, "ap-southeast-2b" = 1, "ap-southeast-2c" = 2 }

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 4, each.value)
}

resource "aws_security_group" "load_balancer" {
  name   = "load-balancer"
  vpc_id = aws_vpc.this.id
}

resource "aws_lb_target_group" "this" {
  for_each = { small = 8080, large = 9000 }

  name     = each.key
  port     = each.value
  protocol = "HTTP"
  vpc_id   = aws_vpc.this.id
}

# As in examples/minimal: what has a default is left to it.
module "small" {
  source = "../../../../modules/app"

  name                            = "small"
  vpc_id                          = aws_vpc.this.id
  private_subnet_ids              = [for zone in ["a", "b"] : aws_subnet.this["ap-southeast-2${zone}"].id]
  load_balancer_security_group_id = aws_security_group.load_balancer.id
  target_group_arn                = aws_lb_target_group.this["small"].arn
  image_id                        = "ami-0123456789abcdef0"
}

# As in examples/complete: every input is given.
module "large" {
  source = "../../../../modules/app"

  name                            = "large"
  vpc_id                          = aws_vpc.this.id
  private_subnet_ids              = [for zone in ["a", "b", "c"] : aws_subnet.this["ap-southeast-2${zone}"].id]
  load_balancer_security_group_id = aws_security_group.load_balancer.id
  target_group_arn                = aws_lb_target_group.this["large"].arn
  target_port                     = 9000
  image_id                        = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
  instance_type                   = "m6i.large"
  user_data                       = "#!/bin/bash\nsystemctl enable --now example\n"
  capacity                        = 3
  maximum_capacity                = 12
  target_cpu_utilization          = 40
  tags                            = { Owner = "platform" }
}

output "small" {
  description = "Every output of the servers with defaults."
  value       = module.small
}

output "large" {
  description = "Every output of the servers with every input given."
  value       = module.large
}

output "subnet_ids" {
  description = "IDs of the subnets, in the order of their zones."
  value       = [for subnet in aws_subnet.this : subnet.id]
}

output "load_balancer_security_group_id" {
  description = "ID of what stands for the load balancer's security group."
  value       = aws_security_group.load_balancer.id
}

output "target_group_arns" {
  description = "ARNs of the target groups, by whom they are of."
  value       = { for name, group in aws_lb_target_group.this : name => group.arn }
}
