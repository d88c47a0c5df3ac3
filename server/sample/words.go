package sample

// Names that occur, in the languages of people who share an office.
var firstNames = []string{
	"Ada", "Agnes", "Aisha", "Alejandro", "Amara", "Amélie", "Andrei", "Anouk", "Arjun", "Astrid", "Ayumi", "Beatriz", "Bogdan",
	"Camille", "Carlos", "Chiara", "Chinwe", "Dagmar", "Daniel", "Darya", "Diego", "Dimitra", "Elena", "Elif", "Emeka", "Emma",
	"Fatima", "Felix", "Finn", "Gabriela", "Gustav", "Hana", "Hannah", "Hassan", "Helena", "Hiro", "Hugo", "Ibrahim", "Ilse", "Ines",
	"Ingrid", "Isabel", "Ivan", "Jan", "Jana", "Jiho", "Joana", "Jonas", "José", "Julia", "Kaito", "Kamala", "Karim", "Katarzyna",
	"Kofi", "Lars", "Leila", "Liam", "Linh", "Lucia", "Luka", "Magdalena", "Malik", "Mandla", "Maria", "Marek", "Mateus", "Mei",
	"Mila", "Mina", "Miriam", "Nadia", "Naoko", "Nikhil", "Nina", "Nour", "Olga", "Oluwaseun", "Omar", "Oskar", "Paula", "Pavel",
	"Petra", "Priya", "Rafael", "Ravi", "Rosa", "Ruth", "Sanne", "Sara", "Sergio", "Siobhan", "Sofía", "Sunil", "Svea", "Tariq",
	"Thandi", "Theo", "Tomás", "Tuva", "Ulrich", "Valentina", "Viktor", "Wanjiru", "Wei", "Yara", "Yusuf", "Zeynep", "Zofia",
}

var lastNames = []string{
	"Abebe", "Adeyemi", "Ahmadi", "Almeida", "Andersson", "Bakker", "Banerjee", "Baptista", "Becker", "Bianchi", "Björk", "Brandt",
	"Castillo", "Chen", "Cohen", "Costa", "Dąbrowski", "Delgado", "Demir", "Diallo", "Dubois", "Eriksen", "Farouk", "Fernández",
	"Ferrari", "Fischer", "Fontaine", "Gallo", "García", "Gupta", "Haddad", "Hansen", "Hernandez", "Hoffmann", "Horváth", "Hossain",
	"Ito", "Ivanova", "Jansen", "Jensen", "Jovanović", "Kaya", "Keller", "Khan", "Kim", "Kimani", "Kovács", "Kowalska", "Kumar",
	"Larsen", "Laurent", "Lee", "Lehmann", "Lindqvist", "Lopes", "Lopez", "Maier", "Martins", "Mbeki", "Mendes", "Meyer", "Mohamed",
	"Molina", "Moreau", "Mori", "Müller", "Nair", "Nakamura", "Ndiaye", "Nguyen", "Nielsen", "Novák", "Nowak", "Obi", "O'Connor",
	"Okafor", "Olsen", "Ortiz", "Osei", "Park", "Patel", "Pereira", "Petrov", "Popescu", "Quispe", "Rahman", "Ramos", "Reyes",
	"Ricci", "Romero", "Rossi", "Ryan", "Sato", "Schmidt", "Schneider", "Sharma", "Silva", "Singh", "Sørensen", "Suzuki", "Tanaka",
	"Tran", "Vargas", "Vasquez", "Virtanen", "Visser", "Wagner", "Walsh", "Wang", "Weber", "Yamamoto", "Yılmaz", "Zhang",
}

var companies = []string{
	"northwind-freight", "lumen-optics", "harbor-clinic", "stonebridge-bank", "alder-research", "vela-energy", "kite-robotics",
	"juniper-press", "tidewater-ports", "ember-foods", "quarry-mining", "meadow-insurance", "pinnacle-air", "orchard-schools",
	"cobalt-chemicals", "larkspur-media", "granite-legal", "willow-care", "summit-outdoor", "beacon-telecom", "fathom-marine",
	"saffron-travel", "hollow-oak-games", "iris-genomics", "mosaic-retail", "nimbus-weather", "osprey-security", "prairie-rail",
	"quill-publishing", "river-water", "sable-fashion", "thistle-brewing", "umber-paints", "vantage-maps", "wren-audio",
	"yarrow-health", "zephyr-wind", "birch-furniture", "copper-kitchen", "delta-farms",
}

var services = []string{"ci", "backups", "monitoring", "data-platform", "deploy", "mail-relay", "registry", "billing-jobs", "search", "edge-proxies"}

var programs = []string{"runner", "exporter", "collector", "scheduler", "mirror", "scanner", "indexer", "webhook", "importer", "rotator"}

var mailboxes = []string{"it", "ops", "platform", "admin", "security", "helpdesk"}

var devices = []string{
	"laptop", "laptop {n}", "workstation", "phone", "tablet", "jump host {n}", "notebook on {env}", "scripts", "editor plugin",
	"weekly report", "spreadsheet import", "quarterly audit", "travel laptop", "lab bench {n}", "terraform {env}", "kubectl {env}",
	"trying the API out", "dashboard", "migration of {env}", "",
}

var duties = []string{
	"{env} deploy", "{env} nightly backup", "metrics scrape {n}", "log shipping {env}", "image builds", "cache warmer {n}",
	"certificate renewal", "{env} smoke tests", "queue worker {n}", "search index {env}", "artifact upload", "replica {n} of {env}",
	"webhook receiver", "cost report", "dependency scan", "restore drill {env}",
}

var environments = []string{"prod", "prod", "staging", "qa", "dev", "eu-west", "us-east", "ap-south"}

var agents = []string{
	"curl/8.5.0", "curl/7.88.1", "python-requests/2.31.0", "python-httpx/0.27.0", "Go-http-client/2.0", "Go-http-client/1.1",
	"Terraform/1.8.2", "kubectl/v1.30.1 (linux/amd64)", "Prometheus/2.51.0", "okhttp/4.12.0", "PostmanRuntime/7.39.0",
	"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Apache-HttpClient/5.3 (Java/21.0.2)",
	"git-lfs/3.4.1 (linux amd64)", "node-fetch/3.3.2", "vector/0.38.0", "restic/0.16.4", "Wget/1.21.4",
}
