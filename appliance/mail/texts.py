"""The words of the e-mails, in Dutch (B1) and English. What stands in {braces} is filled in by `messages`."""

from collections.abc import Mapping

from appliance.domain.health import Concern
from appliance.domain.wording import Language

Words = Mapping[Language, str]


def _both(dutch: str, english: str) -> Words:
    return {Language.DUTCH: dutch, Language.ENGLISH: english}


GREETING = _both("Beste {name},", "Dear {name},")
NAMELESS_GREETING = _both("Goedendag,", "Hello,")
SIGNATURE = _both(
    "Met vriendelijke groet,\n{organisation}\n\nDeze e-mail is automatisch verstuurd.",
    "Kind regards,\n{organisation}\n\nThis e-mail was sent automatically.",
)

CONCERNS: Mapping[Concern, Words] = {
    Concern.FILE_SYSTEM: _both(
        "Het bestandssysteem van de schijf heeft fouten.", "The file system of the disk has errors."
    ),
    Concern.DISK: _both("De schijf is bijna vol.", "The disk is nearly full."),
    Concern.CERTIFICATE_ENDED: _both(
        "Het certificaat is verlopen; browsers waarschuwen.", "The certificate has ended; browsers warn."
    ),
    Concern.CERTIFICATE: _both(
        "Het certificaat verloopt binnen drie weken.", "The certificate ends within three weeks."
    ),
    Concern.TEMPERATURE: _both("De processor is te warm.", "The processor is too hot."),
    Concern.CLOCK: _both(
        "De klok is niet gelijkgezet: van de dag hangt af wat mag.",
        "The clock was not set: what is allowed depends on the day.",
    ),
    Concern.UPDATES: _both(
        "Er is al twee weken niet naar updates gekeken.", "Nothing has looked for updates for two weeks."
    ),
    Concern.RESTART: _both("Een update wacht op een herstart.", "An update waits for a restart."),
    Concern.SET_ASIDE: _both(
        "Er zijn foto's die niet bekeken konden worden.", "There are photos that could not be examined."
    ),
}

SUBJECTS: Mapping[str, Words] = {
    "request": _both("Mogen wij foto's van u gebruiken?", "May we use photos of you?"),
    "request_guardian": _both("Mogen wij foto's van uw kind gebruiken?", "May we use photos of your child?"),
    "request_agreement": _both(
        "Wilt u deze overeenkomst over foto's lezen?", "Please read this agreement about photos"
    ),
    "sixteen": _both("Je bent 16: nu beslis je zelf over je foto's", "You are 16: your photos, your choice"),
    "code": _both("Uw code om te tekenen", "Your code for signing"),
    "signed": _both("Dit heeft u gekozen voor uw foto's", "What you chose for your photos"),
    "signed_agreement": _both("De overeenkomst die u heeft getekend", "The agreement that you signed"),
    "alert": _both("Van {count} mensen loopt de toestemming af", "Permissions of {count} people end soon"),
    "alert_one": _both("Van één persoon loopt de toestemming af", "The permission of one person ends soon"),
    "renewal": _both("Mogen wij uw foto's blijven gebruiken?", "May we keep using your photos?"),
    "renewal_guardian": _both(
        "Mogen wij foto's van uw kind blijven gebruiken?", "May we keep using photos of your child?"
    ),
    "withdrawn": _both("Uw toestemming is ingetrokken", "Your consent is withdrawn"),
    "affected": _both(
        "{count} foto's die je gebruikte mogen niet meer",
        "{count} photos that you used are no longer allowed",
    ),
    "affected_one": _both(
        "Een foto die je gebruikte mag niet meer", "A photo that you used is no longer allowed"
    ),
    "alarm": _both("De fotokluis heeft hulp nodig", "The photo safe needs help"),
    "machine": _both("De fotokluis heeft iemand nodig", "The photo safe needs somebody"),
    "digest": _both("Dit gebeurde er in de fotokluis", "What happened in the photo safe"),
    "findings": _both("Zelfcontrole: dit is te laat", "Self-audit: this is overdue"),
    "recall": _both("Wilt u een foto weghalen?", "Please remove a photo"),
    "recall_again": _both("Herinnering: wilt u een foto weghalen?", "Reminder: please remove a photo"),
    "audit_head": _both("Kop van het logboek: bewaren", "Head of the audit log: keep this"),
    "parcel_code": _both("Uw code voor de foto's", "Your code for the photos"),
    "test": _both("Testmail van de fotokluis", "Test mail from the photo safe"),
}

BODIES: Mapping[str, Words] = {
    "digest": _both(
        """\
Dit gebeurde er in de fotokluis van {organisation}:

{happened}

U ziet het op deze pagina:

{link}

Hoe vaak u deze e-mail krijgt, en waarover, kiest u op de pagina Mijn instellingen.""",
        """\
This happened in the photo safe of {organisation}:

{happened}

You see it on this page:

{link}

How often you get this e-mail, and about what, you choose on the page My settings.""",
    ),
    "machine": _both(
        """\
De fotokluis van {organisation} lost dit niet zelf op:

{concerns}

Op deze pagina staat hoe het met de kluis is:

{link}

U krijgt deze e-mail één keer. Komt het later terug, dan hoort u het weer.""",
        """\
The photo safe of {organisation} does not mend this by itself:

{concerns}

This page shows how the safe is:

{link}

You get this e-mail once. If it comes back later, you will hear of it again.""",
    ),
    "request": _both(
        """\
{organisation} wil graag foto's van u gebruiken. Daarom vragen wij eerst of u dat goed vindt.

Open deze pagina. U leest waar het om gaat en kiest per doel ja of nee.

{link}

De link werkt tot en met {day}. Hij is alleen voor u. Stuur deze e-mail dus niet door.

U hoeft geen ja te zeggen. En van een ja kunt u later altijd een nee maken.""",
        """\
{organisation} would like to use photos of you. First we ask whether that is all right with you.

Open this page. You read what it is about, and choose yes or no for each purpose.

{link}

The link works until {day}. It is for you alone, so please do not pass this e-mail on.

You do not have to say yes. And you can always turn a yes into a no later.""",
    ),
    "request_guardian": _both(
        """\
{organisation} wil graag foto's van uw kind gebruiken. Daarom vragen wij eerst of u dat goed vindt.

Lees deze pagina samen met uw kind. U kiest per doel ja of nee. Wil uw kind het niet? Dan is het nee.

{link}

De link werkt tot en met {day}. Hij is alleen voor u. Stuur deze e-mail dus niet door.

U hoeft geen ja te zeggen. En van een ja kunt u later altijd een nee maken.""",
        """\
{organisation} would like to use photos of your child. First we ask whether that is all right with you.

Read this page together with your child. You choose yes or no for each purpose. If your child does not want \
it, it is a no.

{link}

The link works until {day}. It is for you alone, so please do not pass this e-mail on.

You do not have to say yes. And you can always turn a yes into a no later.""",
    ),
    "request_agreement": _both(
        """\
U werkt als model voor {organisation}. Daar hoort een overeenkomst bij over de foto's.

Lees de overeenkomst eerst rustig op deze pagina. Bent u het ermee eens? Dan kunt u daar tekenen.

{link}

De link werkt tot en met {day}. Hij is alleen voor u. Stuur deze e-mail dus niet door.

Let op: dit is een afspraak, geen toestemming. Na het tekenen kunt u hem niet zomaar stoppen.""",
        """\
You work as a model for {organisation}. An agreement about the photos goes with it.

Please take your time to read the agreement on this page. If you agree, you can sign it there.

{link}

The link works until {day}. It is for you alone, so please do not pass this e-mail on.

Please note: this is an agreement, not a consent. Once signed, you cannot simply end it.""",
    ),
    "sixteen": _both(
        """\
Een ouder of voogd heeft eerder gekozen wat {organisation} met foto's van jou mag doen. Nu ben je 16. Daarom \
beslis je vanaf nu zelf.

Open deze pagina. Je leest waar het om gaat en kiest per doel ja of nee.

{link}

De link werkt tot en met {day}. Hij is alleen voor jou. Stuur deze e-mail dus niet door.

Je hoeft geen ja te zeggen. Zolang je niets kiest, gebruiken wij je foto's niet opnieuw.""",
        """\
A parent or guardian chose earlier what {organisation} may do with photos of you. Now you are 16, so from \
here on you decide.

Open this page. You read what it is about, and choose yes or no for each purpose.

{link}

The link works until {day}. It is for you alone, so please do not pass this e-mail on.

You do not have to say yes. As long as you do not choose, we do not use your photos again.""",
    ),
    "code": _both(
        """\
Uw code is: {code}

Typ deze code op de pagina waar u tekent. De code werkt {minutes} minuten. Geef hem aan niemand anders.

Heeft u niet om een code gevraagd? Dan hoeft u niets te doen.""",
        """\
Your code is: {code}

Type this code on the page where you sign. It works for {minutes} minutes. Do not give it to anybody else.

Did you not ask for a code? Then you need not do anything.""",
    ),
    "signed": _both(
        """\
U heeft gekozen wat {organisation} met foto's van u mag doen. Dit is wat u koos:

{answers}

Dit is uw eigen pagina. Daar ziet u alles terug en haalt u een kopie op van wat u tekende. Van een ja kunt u \
daar altijd een nee maken.

{link}

Bewaar deze e-mail. De link is alleen voor u.""",
        """\
You chose what {organisation} may do with photos of you. This is what you chose:

{answers}

This is your own page. There you see everything again, and get a copy of what you signed. You can always \
turn a yes into a no there.

{link}

Keep this e-mail. The link is for you alone.""",
    ),
    "signed_agreement": _both(
        """\
U heeft met {organisation} een overeenkomst getekend over foto's. Dit staat erin:

{answers}

Dit is uw eigen pagina. Daar ziet u alles terug en haalt u een kopie op van de overeenkomst.

{link}

Bewaar deze e-mail. De link is alleen voor u.""",
        """\
You signed an agreement with {organisation} about photos. This is in it:

{answers}

This is your own page. There you see everything again, and get a copy of the agreement.

{link}

Keep this e-mail. The link is for you alone.""",
    ),
    "alert": _both(
        """\
Van {count} mensen mogen foto's binnenkort niet meer worden gebruikt:

{lines}

Vraag het hun opnieuw, of zorg dat de foto's op tijd weg zijn. Dat kan hier:

{link}""",
        """\
Photos of {count} people may soon no longer be used:

{lines}

Ask them again, or make sure that the photos are gone in time. You can do that here:

{link}""",
    ),
    "alert_one": _both(
        """\
Van één persoon mogen foto's binnenkort niet meer worden gebruikt:

{lines}

Vraag het opnieuw, of zorg dat de foto's op tijd weg zijn. Dat kan hier:

{link}""",
        """\
Photos of one person may soon no longer be used:

{lines}

Ask again, or make sure that the photos are gone in time. You can do that here:

{link}""",
    ),
    "renewal": _both(
        """\
U heeft eerder gezegd dat {organisation} foto's van u mag gebruiken. Dat was voor een bepaalde tijd:

{ends}

Wij vragen het u nu opnieuw. Open deze pagina en kies per doel ja of nee.

{link}

De link werkt tot en met {day}. Hij is alleen voor u. Stuur deze e-mail dus niet door.

Doet u niets? Dan gebruiken wij de foto's na de einddatum niet meer.""",
        """\
You said earlier that {organisation} may use photos of you. That was for a certain time:

{ends}

Now we ask you again. Open this page, and choose yes or no for each purpose.

{link}

The link works until {day}. It is for you alone, so please do not pass this e-mail on.

If you do nothing, we stop using the photos after the last day.""",
    ),
    "renewal_guardian": _both(
        """\
U heeft eerder gezegd dat {organisation} foto's van uw kind mag gebruiken. Dat was voor een bepaalde tijd:

{ends}

Wij vragen het u nu opnieuw. Lees deze pagina samen met uw kind en kies per doel ja of nee. Wil uw kind het \
niet? Dan is het nee.

{link}

De link werkt tot en met {day}. Hij is alleen voor u. Stuur deze e-mail dus niet door.

Doet u niets? Dan gebruiken wij de foto's na de einddatum niet meer.""",
        """\
You said earlier that {organisation} may use photos of your child. That was for a certain time:

{ends}

Now we ask you again. Read this page together with your child, and choose yes or no for each purpose. If \
your child does not want it, it is a no.

{link}

The link works until {day}. It is for you alone, so please do not pass this e-mail on.

If you do nothing, we stop using the photos after the last day.""",
    ),
    "withdrawn": _both(
        """\
Op {day} heeft u uw toestemming aan {organisation} ingetrokken voor:

{purposes}

Vanaf nu gebruiken wij foto's van u daar niet meer voor. Wij zeggen het ook tegen de collega's die uw foto's \
hebben gebruikt. Wat al gedrukt is of door anderen is gedeeld, kunnen wij niet altijd terughalen.

Op uw eigen pagina ziet u hoe het nu staat:

{link}""",
        """\
On {day} you withdrew your consent to {organisation} for:

{purposes}

From now on we do not use photos of you for that any more. We also tell the colleagues who used your photos. \
What was printed already, or shared by others, we cannot always get back.

On your own page you see how things stand now:

{link}""",
    ),
    "affected": _both(
        """\
Iemand op {count} foto's die je hebt gebruikt, wil dat niet meer. Je mag ze niet meer gebruiken voor:

{purposes}

Haal de foto's weg waar je ze hebt geplaatst. Hier zie je om welke foto's het gaat:

{link}""",
        """\
Somebody in {count} photos that you used no longer wants it. You may not use them any more for:

{purposes}

Take the photos away from where you placed them. Here you see which photos they are:

{link}""",
    ),
    "affected_one": _both(
        """\
Iemand op een foto die je hebt gebruikt, wil dat niet meer. Je mag hem niet meer gebruiken voor:

{purposes}

Haal de foto weg waar je hem hebt geplaatst. Hier zie je om welke foto het gaat:

{link}""",
        """\
Somebody in a photo that you used no longer wants it. You may not use it any more for:

{purposes}

Take the photo away from where you placed it. Here you see which photo it is:

{link}""",
    ),
    "alarm": _both(
        """\
De fotokluis kon iets niet doen wat wel moet:

{duties}

Kijk vandaag nog wat er mis is. Hier staat wat de kluis weet:

{link}""",
        """\
The photo safe could not do something that it has to do:

{duties}

Please look today what is wrong. Here is what the safe knows:

{link}""",
    ),
    "findings": _both(
        """\
De zelfcontrole van de fotokluis heeft iets gevonden dat na 30 dagen nog niet klaar is:

{topics}

Wilt u ervoor zorgen dat iemand dit oplost? Hier staat wat er is, en wat u kunt doen:

{link}""",
        """\
The self-audit of the photo safe found something that is still not fixed after 30 days:

{topics}

Please see to it that somebody does. Here is what it is, and what to do:

{link}""",
    ),
    "recall_again": _both(
        """\
We vroegen u om een foto weg te halen, en hoorden nog niets. Op {day} kreeg u hem van ons, voor dit
doel: {purpose}. De naam van het bestand begint met

{release}

Die foto mag niet meer gebruikt worden. Wilt u hem weghalen, en op deze pagina zeggen dat het
gebeurd is, of waarom het niet kan?

{link}

Deze link komt in de plaats van de vorige. Stuur deze e-mail niet door: de link is voor u.""",
        """\
We asked you to remove a photo, and have not heard from you. You received it from us on {day}, for
this purpose: {purpose}. The name of its file begins with

{release}

That photo may no longer be used. Please remove it, and tell on this page that it is done, or why it
cannot be done:

{link}

This link takes the place of the earlier one. Do not pass this e-mail on: the link is for you.""",
    ),
    "recall": _both(
        """\
Op {day} kreeg u van ons een foto, voor dit doel: {purpose}. De naam van het bestand begint met

{release}

Die foto mag niet meer gebruikt worden. Wilt u hem weghalen, overal waar u hem gebruikt of bewaart?

Laat het ons daarna weten op deze pagina:

{link}

Kan het niet, of niet meteen? Zeg het dan ook daar. Stuur deze e-mail niet door: de link is voor u.""",
        """\
On {day} you received a photo from us, for this purpose: {purpose}. The name of its file begins with

{release}

That photo may no longer be used. Please remove it wherever you use or keep it.

Then tell us on this page:

{link}

You cannot, or not at once? Say so there as well. Do not pass this e-mail on: the link is yours.""",
    ),
    "audit_head": _both(
        """\
Dit is de kop van het logboek van vandaag. Bewaar deze mail.

Met deze regel is later te zien of iemand iets uit het logboek heeft gehaald of het heeft veranderd:

{line}

U hoeft verder niets te doen. Controleren kan met: kluis audit verify --head mail.txt""",
        """\
This is today's head of the audit log. Keep this mail.

With this line it can be seen later whether something is gone from the log, or somebody wrote it anew:

{line}

You need not do anything else. To check it: kluis audit verify --head mail.txt""",
    ),
    "parcel_code": _both(
        """\
Dit is uw code om de foto's van {organisation} op te halen:

{code}

De code werkt {minutes} minuten. Geef hem aan niemand, ook niet als iemand erom vraagt.

Heeft u geen foto's opgevraagd? Dan hoeft u niets te doen.""",
        """\
This is your code to take the photos of {organisation}:

{code}

The code works for {minutes} minutes. Give it to nobody, not even to somebody who asks for it.

You did not ask for photos? Then you need do nothing.""",
    ),
    "test": _both(
        """\
Dit is een testmail. U ziet hem, dus de instellingen voor e-mail kloppen.

U hoeft niets te doen.""",
        """\
This is a test mail. You are reading it, so the mail settings are right.

You need not do anything.""",
    ),
}

PARTS: Mapping[str, Words] = {
    "digest_answers": _both("{count} formulieren beantwoord", "{count} forms answered"),
    "digest_answers_one": _both("1 formulier beantwoord", "1 form answered"),
    "digest_withdrawals": _both(
        "{count} keer mag een foto die u vrijgaf niet meer",
        "{count} permissions withdrawn for photos that you released",
    ),
    "digest_withdrawals_one": _both(
        "1 keer mag een foto die u vrijgaf niet meer",
        "1 permission withdrawn for a photo that you released",
    ),
    "digest_links": _both(
        "{count} vragen om meer van wie een deellink van u kreeg",
        "{count} requests for more from recipients of your share links",
    ),
    "digest_links_one": _both(
        "1 vraag om meer van wie een deellink van u kreeg",
        "1 request for more from the recipient of a share link of yours",
    ),
    "digest_safety": _both(
        "{count} meldingen over veilig inloggen", "{count} notices about the safety of accounts"
    ),
    "digest_safety_one": _both("1 melding over veilig inloggen", "1 notice about the safety of accounts"),
    "digest_photos": _both("{count} nieuwe foto's", "{count} new photos"),
    "digest_photos_one": _both("1 nieuwe foto", "1 new photo"),
    "digest_collections": _both(
        "{count} collecties waaraan u meewerkt, zijn veranderd",
        "{count} collections that you take part in changed",
    ),
    "digest_collections_one": _both(
        "1 collectie waaraan u meewerkt, is veranderd", "1 collection that you take part in changed"
    ),
    "until": _both(", tot en met {day}", ", until {day}"),
    "somebody": _both("Iemand", "Somebody"),
    "ends": _both("Het mag tot en met {day} ({left}).", "Allowed until {day} ({left})."),
    "sixteen": _both(
        "Wordt 16, dus het mag tot en met {day} ({left}).", "Turns 16, so allowed until {day} ({left})."
    ),
    "today": _both("vandaag", "today"),
    "tomorrow": _both("morgen", "tomorrow"),
    "days": _both("over {count} dagen", "in {count} days"),
    "photo": _both("Eén foto:", "One photo:"),
    "photos": _both("{count} foto's:", "{count} photos:"),
}
