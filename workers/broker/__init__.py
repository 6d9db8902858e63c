"""Kafka on one machine: a real server, librdkafka's mock cluster, and the choice between them."""
