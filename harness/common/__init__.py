"""The ground floor: files, languages, terminal and progress. Imports no stage."""
