"""The desk: the web app where a person reviews videos."""
