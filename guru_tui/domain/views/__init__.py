"""What services and queries hand to the faces: frozen, plain, without a tie to the store.

Instants are aware; `starts` and `ends` are in the appointment's own zone. Money is in minor units. Each topic is a
module, so that nobody waits for the classes of another: making all of them takes Python ten milliseconds.
"""
