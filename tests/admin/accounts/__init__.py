"""Tests of access: who works here, roles, second factors, sessions."""
