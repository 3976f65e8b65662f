"""Bringing people in from files. An import mails nobody and brings nobody back who left."""
