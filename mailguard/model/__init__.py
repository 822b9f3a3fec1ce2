"""The values every other part speaks in: frozen dataclasses and enums, standard library only, no clock, no I/O."""
