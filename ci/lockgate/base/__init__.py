"""What every other package stands on: errors with their exit codes, places, and safe text."""
