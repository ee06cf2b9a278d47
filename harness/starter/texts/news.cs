Vlak do Prahy přijede dnes.
Autobus přijede zítra.
Dnes je krásné a teplé počasí.
Knihovna je v pondělí zavřená.
Nové muzeum má dva velké sály.
Zítra nejede do Brna žádný autobus.
