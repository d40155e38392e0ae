"""How a message leaves the machine: email, SMS and files, behind one protocol that tells what became of it."""
