"""The texts of the guide in Dutch, at level B1: see `guide` for how they are read."""

TOPICS = {
    "consent": """\
# Toestemming

Een portret laat een mens zien. Wie erop staat, beslist wat ermee mag, tenzij er een andere grondslag is.

## Waarom een ja nodig is

Een foto waarop iemand herkenbaar is, is een persoonsgegeven (AVG, artikel 4). Publiceren mag alleen met
een grondslag. In deze kluis is dat bijna altijd toestemming of een overeenkomst.

In Nederland heeft iemand ook een eigen portretrecht (Auteurswet, artikelen 19 tot en met 21). Een foto
die iemand van zichzelf liet maken, mag niet zonder zijn ja naar buiten.

## Wanneer een ja telt

Het is vrij: nee zeggen heeft geen nare gevolgen. Het is specifiek: één ja per doel. Het is geïnformeerd:
iemand weet waarvoor en hoe lang. En iemand doet er iets voor: geen vakje is vooraf aangevinkt (AVG,
artikelen 4 en 7).

Tussen werkgever en werknemer is een ja zelden helemaal vrij. Geef dus altijd een echte keus, en vraag
nooit waarom iemand nee zegt.

## Van een ja kan een nee worden

Intrekken moet net zo makkelijk zijn als geven (artikel 7, lid 3). Wie tekent, krijgt een eigen pagina.
Daar is één knop genoeg.

Vanaf dat moment is het licht rood. U krijgt bericht over elke foto die u eerder vrijgaf, en de
ontvangers krijgen een bericht. Haal de foto weg waar u hem plaatste.

## Kinderen

Onder de zestien beslissen ouders of voogden (UAVG, artikel 5). Het formulier vraagt om één of twee
handtekeningen. Wie zestien wordt, wordt opnieuw gevraagd; tot het antwoord is het licht oranje.

Het nee van een kind zelf telt altijd.
""",
    "quitclaims": """\
# Quitclaims

Een quitclaim is wat iemand goedvindt: voor welke doelen, tot wanneer en op welke grondslag.

## De drie lichten

Groen: iedereen op de foto is bekend of onherkenbaar, en vindt dit doel vandaag goed. U mag de foto
vrijgeven.

Oranje: iemand moet kijken. Een gezicht heeft geen naam, er is niemand gevonden, of twee verklaringen
spreken elkaar tegen.

Rood: minstens één persoon vindt het niet goed. Niemand kan de foto voor dit doel vrijgeven, ook een
beheerder niet.

## Er een vragen

Stuur een link, laat een code scannen, geef een tablet aan of print een formulier. De persoon vinkt de
doelen één voor één aan en tekent. Het kastje bewaart het formulier als verzegeld bewijs.

Oude toestemmingen komen uit een spreadsheet. Een toestemming zonder bekend doel of dag geeft nergens
recht op.

## Hij loopt af

Elk doel heeft een eigen laatste dag. Dertig dagen ervoor staat de persoon in uw lijst; met één klik
vraagt u het opnieuw.

Antwoordt er niemand, dan gaat het licht de dag erna vanzelf op rood.

## Niets wordt overschreven

Een nieuwe verklaring komt naast de oude te staan. Wat op een dag in het verleden gold, is jaren later
nog te laten zien.

Verbeter een quitclaim dus nooit alsof het altijd al zo was. Leg vast wat gezegd is, op de dag dat het
gezegd is.
""",
    "recognition": """\
# Gezichtsherkenning

Het kastje kan voorstellen wie iemand is. Het staat uit tot twee mensen het aanzetten, en het beslist
nooit.

## Wat het is

Het kastje vindt gezichten op foto's. Dat is geen herkenning: er wordt niemand gemeten. Staat herkenning
aan, dan meet het gezichten en vergelijkt ze met die van mensen die precies daar ja tegen zeiden.

Zo'n meting is een biometrisch gegeven, van een bijzondere soort (AVG, artikel 9). Daarom is toestemming
ervoor een aparte vraag.

## Wat bewaard wordt

Van wie ja zei: de metingen, zolang het ja geldt. Van alle anderen: niets. Hun gezicht wordt gemeten,
vergeleken en meteen vergeten.

Wie het ja intrekt, is binnen een minuut vergeten.

## Een voorstel is geen naam

Het kastje schrijft een naam met een vraagteken. U bevestigt of verwerpt hem. Een verworpen voorstel komt
niet terug.

Kijk twee keer bij kinderen, broers en zussen en mensen met een bril. Een verkeerde naam kan iemand
publiceren die nee zei.

## Zonder werkt alles ook

Namen kunt u typen, met de lijst van het fotomoment erbij. Dring nooit aan op een ja omdat het voor u
makkelijker is.
""",
    "sharing": """\
# Vrijgeven en delen

Een foto verlaat de kluis voor een doel en voor iemand, met bewijs. Een andere weg naar buiten is er
niet.

## Vrijgeven

Kies de foto's, waarvoor en voor wie. Het kastje vraagt elk licht opnieuw als het een kopie maakt. Alleen
wat groen is, gaat weg.

Bij elke kopie hoort een bewijs: welke foto, welk doel, op wiens toestemming, op welke dag. Bewaar het
bij de kopie.

## Wat er meegaat

De maker en het auteursrecht gaan mee. Plaats, serienummers, namen van mensen en onze bestandsnamen niet.

## Deellinks

Een link toont foto's aan één ontvanger, voor één doel, tot een dag. Er hoort een wachtwoord of een code
per e-mail bij. Wat iemand intrekt, verdwijnt er meteen uit.

Stuur link en wachtwoord langs verschillende wegen. Stuur een link niet door: vraag er een voor de andere
ontvanger.

## Als het terug moet

Loopt een toestemming af, dan worden de kopieën die weg zijn teruggeroepen. Beantwoord elke terugroeping:
verwijderd, gezien, of geweigerd met de reden.

Vond u ergens een foto en weet u niet of hij van ons is? Laat hem vallen op 'Herken een bestand'.
""",
    "officer": """\
# Voor de privacy officer

Waar u op kunt rekenen, wat u zelf moet beslissen, en waar u kijkt.

## Wat het kastje afdwingt

Niets gaat weg zonder groen licht, voor niemand. Geen herkenning zonder uw akkoord en een DPIA. Geen
sjabloon van wie geen ja zei. Alles wat bekeken, veranderd of vrijgegeven wordt, staat in een logboek dat
niet ongemerkt te veranderen is.

## Wat het niet kan weten

Of een handtekening echt is. Of een ja vrij was. Wat er met een kopie gebeurt die weg is. Of een doel
nodig is. Dat is aan u.

## Elke maand

Kijk bij Te doen: verzoeken uit de wet met hun termijn, proeven die te laat zijn, voorstellen. Lees een
pagina van het logboek, en bewaar de kop van het logboek die u gemaild krijgt: die bewijst dat er niets
herschreven is.

## Als iemand iets vraagt

Voor inzage, verbetering, beperking, bezwaar en wissen staat telkens een maand (AVG, artikel 12). Het
kastje maakt de kopie en het certificaat, en telt de dagen. Wissen is voorgoed, ook in back-ups zodra die
verlopen zijn.

## Als er iets misging

Ten onrechte vrijgegeven: roep eerst de kopie terug, en beslis dan binnen 72 uur of de toezichthouder het
moet weten (artikel 33). De bewijzen en het logboek vertellen wat er wegging, wanneer en naar wie.
""",
}

QUESTIONS = """\
? Een foto is groen voor de website en rood voor de pers. Een krant vraagt erom. Wat doet u?
- Vrijgeven voor de website en mailen
+ Niet sturen, en de persoon om de pers vragen
- De ICT-afdeling vragen
= Een ja geldt voor één doel. Vraag om het andere.

? Een licht is oranje omdat een gezicht geen naam heeft. Wat helpt?
+ Uitzoeken wie het is, of aangeven dat niemand herkenbaar is
- Een dag wachten
- De foto elders bijsnijden
= Oranje betekent dat een mens moet kijken; dat bent u.

? Een collega zegt nee. Wat vraagt u?
- Waarom
- Of een kleine foto wel mag
+ Niets; u legt het nee vast
= Een ja is alleen vrij als een nee geen reden nodig heeft.

? Iemand trok een toestemming in. De foto staat op de website. Wat nu?
- Hij mag blijven tot de laatste dag
+ Weghalen en de terugroeping beantwoorden
- Uw leidinggevende vragen
= Intrekken werkt meteen, en u vertelt het kastje wat u deed.

? Het kastje stelt een naam voor bij een gezicht. Wanneer is het een naam?
- Meteen
- Na een dag
+ Als een mens hem heeft bevestigd
= Het kastje beslist nooit wie iemand is.

? Een jongen van veertien wil graag op de poster. Wiens ja telt?
+ Dat van zijn ouders of voogd
- Zijn eigen ja
- Dat van zijn leraar
= Onder de zestien tekenen ouders of voogden. Zijn eigen nee zou wel tellen.

? Mag herkenning gebruikt worden voor iedereen bij een fotomoment?
- Ja, als het aanstaat
+ Alleen voor wie ja zei tegen herkenning
- Alleen voor medewerkers
= Het is een aparte vraag; alle anderen worden meteen vergeten.

? U stuurt een deellink. Hoe gaat het wachtwoord?
- In dezelfde e-mail
+ Langs een andere weg, zoals de telefoon
- Op de foto geschreven
= Wie één bericht leest, heeft dan maar de helft.

? Een toestemming loopt volgende week af. Wat gebeurt er als u niets doet?
+ Het licht gaat de dag erna op rood
- Hij wordt vanzelf verlengd
- De foto wordt meteen gewist
= Zwijgen is geen ja. Met één klik vraagt u het opnieuw.

? Iemand vraagt welke foto's u van hem heeft. Hoe lang heeft u?
- Een jaar
+ Een maand
- Er is geen termijn
= Een maand (AVG, artikel 12). Zeg het vandaag nog tegen de privacy officer.
"""
