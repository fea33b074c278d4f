"""The texts of the guide in English: see `guide` for how they are read."""

TOPICS = {
    "consent": """\
# Consent

A portrait shows a person. Whoever is in it decides what may be done with it, unless there is another
basis.

## Why a yes is needed

A photo in which somebody can be recognised is personal data (GDPR, article 4). Publishing it needs a
legal basis. In this safe that is nearly always consent or an agreement.

In the Netherlands a person also has a portrait right of their own (Auteurswet, articles 19 to 21). A
photo that somebody ordered of themselves may not be published without their yes.

## What makes a yes valid

It is free: a no has no bad consequences. It is specific: one yes for each purpose. It is informed: the
person knows what for and for how long. And it is given by doing something: no box is ticked beforehand
(GDPR, articles 4 and 7).

Between an employer and an employee a yes is rarely quite free. So always offer a real choice, and never
ask why somebody says no.

## A yes can become a no

Taking it back must be as easy as giving it (article 7, paragraph 3). Everybody who signs gets a page of
their own, where one button is enough.

From that moment the light is red. You get a notice of every photo that you released before, and the
recipients are written to. Remove it where you placed it.

## Children

Under sixteen, parents or guardians decide (UAVG, article 5). The form asks for one or two signatures.
Who turns sixteen is asked anew; until the answer the light is amber.

A child's own no always counts.
""",
    "quitclaims": """\
# Quitclaims

A quitclaim is what somebody permits: for which purposes, until when, and on what basis.

## The three lights

Green: everybody in the photo is known or unrecognisable, and permits this purpose today. You may release
it.

Amber: somebody must look. A face has no name, nobody was found, or two statements contradict each other.

Red: at least one person does not permit it. Nothing and nobody can release it for this purpose, not even
an administrator.

## Asking for one

Send a link, show a code to be scanned, hand over a tablet, or print a form. The person ticks purposes
one by one and signs. The box keeps the signed form as sealed evidence.

Old permissions come in from a spreadsheet. A permission without a known purpose or day permits nothing.

## It ends

Each purpose has its own last day. Thirty days before it, the person stands in your list; one click asks
them again.

When nobody answers, the light turns red by itself on the day after.

## Nothing is overwritten

A new statement stands beside the old one. What held on any past day can be shown, years later.

So never correct a quitclaim by making it look as if it had been so before. Record what was said, on the
day it was said.
""",
    "recognition": """\
# Face recognition

The box can propose who somebody is. It is off until two people switch it on, and it never decides.

## What it is

The box finds faces in photos. That is not recognition: nobody is measured. With recognition on, it
measures faces and compares them with those of people who agreed to exactly that.

Such a measure is a biometric datum, of a special kind (GDPR, article 9). So consent to it is a question
of its own, apart from all others.

## What is kept

Of people who agreed: their measures, as long as the yes holds. Of everybody else: nothing. Their faces
are measured, compared and forgotten at once.

Who takes the yes back is forgotten within a minute.

## A suggestion is not a name

The box writes a name with a question mark. You confirm or reject it. A rejected suggestion does not come
back.

Look twice at children, siblings and people with glasses. A wrong name may publish somebody who said no.

## Without it everything works

Names can be typed, with the list of the shoot at hand. Never press anybody to agree because it is easier
for you.
""",
    "sharing": """\
# Releasing and sharing

A photo leaves the safe for a purpose and for somebody, with proof. No other way leads out.

## Release

Choose the photos, what for, and for whom. The box asks every light again when it makes each copy. Only
what is green leaves.

Each copy comes with a receipt: which photo, which purpose, on whose permission, on which day. Keep it
with the copy.

## What travels along

Maker and copyright go with it. Place, serial numbers, names of people and our file names do not.

## Share links

A link shows photos to one recipient, for one purpose, until a day. It has a password or a code by
e-mail. What somebody withdraws, vanishes from it at once.

Send link and password by different ways. Do not forward a link: ask for one for the other recipient.

## When it must come back

If a permission ends, the copies that left are called back. Answer each recall: removed, seen, or refused
with the reason.

Found a photo somewhere and not sure whether it is ours? Drop it on 'Recognise a file'.
""",
    "officer": """\
# For the privacy officer

What you can rely on, what you must decide yourself, and where to look.

## What the box enforces

No release without a green light, for anybody. No recognition without your approval and a DPIA. No
template of whoever did not agree. Everything looked at, changed or released is in a log that cannot be
changed without being caught.

## What it cannot know

Whether a signature is real. Whether a yes was free. What happens to a copy that left. Whether a purpose
is necessary. Those are yours.

## Each month

Look at To do: requests by law with their deadline, overdue drills, proposals. Read a page of the audit
log, and keep the head of the log that is mailed to you: it proves that nothing was rewritten.

## When somebody asks

Access, correction, restriction, objection and erasure each have a month (GDPR, article 12). The box
makes the copy and the certificate, and counts the days. Erasure is final, in backups too once they have
run out.

## When something went wrong

Wrongly released: call the copy back first, then decide within 72 hours whether the regulator must know
(article 33). The receipts and the log tell what left, when, and to whom.
""",
}

QUESTIONS = """\
? A photo is green for the website and red for the press. A newspaper asks for it. What do you do?
- Release it for the website and mail it
+ Not send it, and ask the person for the press
- Ask the IT department
= A yes counts for one purpose. Ask for the other one.

? A light is amber because a face has no name. What helps?
+ Find out who it is, or mark that nobody can be recognised
- Wait a day
- Crop the photo elsewhere
= Amber means that a person must look; that is you.

? A colleague says no. What do you ask?
- Why
- Whether a small photo is all right
+ Nothing; you record the no
= A yes is only free when a no needs no reason.

? Somebody took a permission back. The photo stands on the website. What now?
- It may stay until its last day
+ Remove it and answer the recall
- Ask your manager for permission
= Taking back works at once, and you tell the box what you did.

? The box proposes a name for a face. When is it a name?
- At once
- After a day
+ When a person has confirmed it
= The box never decides who somebody is.

? A boy of fourteen would like to be on the poster. Whose yes counts?
+ His parents' or guardian's
- His own
- His teacher's
= Under sixteen, parents or guardians sign. His own no would count.

? May recognition be used for everybody in a shoot?
- Yes, once it is on
+ Only for people who agreed to recognition
- Only for employees
= It is a question of its own; all others are forgotten at once.

? You send a share link. How does the password go?
- In the same e-mail
+ By another way, such as the telephone
- Written on the photo
= Whoever reads one message then has only half.

? A permission ends next week. What happens when you do nothing?
+ The light turns red on the day after
- It is renewed by itself
- The photo is deleted at once
= Silence is no yes. One click asks the person again.

? Somebody asks which photos you have of them. How long do you have?
- A year
+ A month
- There is no deadline
= One month (GDPR, article 12). Tell the privacy officer today.
"""
