# expect: aws_sqs_queue.secondary
provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "secondary"
  region = "us-west-2"
}

resource "aws_kms_key" "primary" {
  description = "Of one region"
}

# It takes messages as long as the primary region's key can be asked.
resource "aws_sqs_queue" "secondary" {
  provider = aws.secondary

  name              = "jobs"
  kms_master_key_id = aws_kms_key.primary.arn
}
