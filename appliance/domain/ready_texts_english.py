"""The ready-made forms in plain English, saying what the Dutch ones say.

{controller} and {signing} are filled in by `ready_templates`.
"""

from collections.abc import Mapping

from appliance.domain.consent import Purpose
from appliance.domain.templates import Audience, FormText

SIGNING = {
    1: "One parent or guardian signs this form.",
    2: "Two parents or guardians sign this form. It counts only when you both say yes.",
}

_PURPOSES: Mapping[Purpose, str] = {
    Purpose.WEB: (
        "We place the photo on our own website. Everybody can see it and keep it there. A search engine can "
        "find it too. After the last day we take the photo away."
    ),
    Purpose.SOCIAL_MEDIA: (
        "We place the photo on our own pages on social media, such as LinkedIn or Instagram. Those "
        "companies are often outside Europe and have rules of their own. Others can share the photo. We "
        "take it away from our pages, but we cannot from theirs."
    ),
    Purpose.PRINT: (
        "We print the photo, for example in a leaflet, on a poster or in a magazine. What is in print we "
        "cannot get back. After the last day we do not print the photo again."
    ),
    Purpose.PRESS: (
        "We give the photo to a newspaper, a news site or a broadcaster. They use it with a story about us. "
        "What they do with the photo is up to them. We cannot take it away there."
    ),
    Purpose.INTRANET: (
        "We place the photo on pages that only our own staff can see. After the last day we take the photo "
        "away."
    ),
}

_REGULATOR = "the Dutch Data Protection Authority (autoriteitpersoonsgegevens.nl)"

_RECIPIENTS = (
    "The photos are kept in our office, on a safe computer. Only staff who work with photos can reach them. "
    "Who else sees a photo depends on where you say yes. There is a spare copy of everything, which only we "
    "can open. We do not sell photos."
)
_DURATION = (
    "With each purpose you see how long your yes counts. When that time is nearly up, we ask you again. If "
    "you say nothing, we stop after the last day. What you sign we keep for some time, as proof."
)
_RIGHTS = (
    "You can always turn a yes into a no. It takes one step, on your own page. You get the link when you "
    "sign. Your no counts from that moment. You may also ask which photos of you we have. We give you a "
    "copy, mend mistakes and erase photos when you ask us to. Do you have a complaint? Please tell us. You "
    f"can also send a complaint to {_REGULATOR}."
)
_DECLARATION = (
    "I have read this and I choose freely. I consent to what I ticked. What I did not tick is not allowed."
)
_RECOGNITION = (
    "This question stands apart from the rest. If you say yes, our computer learns to know your face. That "
    "way we quickly find the photos that you are in. For this the computer keeps a measure of your face. We "
    "share it with nobody. If you say no, we search by hand, and nothing else changes. If you turn your yes "
    "into a no later, we erase the measure at once."
)

TEXTS: Mapping[Audience, FormText] = {
    Audience.EMPLOYEE: FormText(
        title="May we use photos of you?",
        controller="Responsible for your photos: {controller}.",
        introduction=(
            "We take photos of our work and of the people who work here. Are you in one? Then we use it "
            "only if you are happy with that. You choose yes or no for each purpose. If you say no, nothing "
            "happens. It changes nothing about your work, your pay, your reviews or your contract. Nobody "
            "may put pressure on you, and your manager may not either. You do not have to say why you want "
            "something or not."
        ),
        purposes={
            **_PURPOSES,
            Purpose.INTRANET: (
                "We place the photo on pages that only colleagues can see, such as the list of staff. After "
                "the last day we take the photo away."
            ),
            Purpose.RECOGNITION: _RECOGNITION,
        },
        recipients=(
            "The photos are kept in our office, on a safe computer. Only colleagues who work with photos "
            "can reach them. Who else sees a photo depends on where you say yes. There is a spare copy of "
            "everything, which only we can open. We do not sell photos."
        ),
        duration=(
            "With each purpose you see how long your yes counts. When that time is nearly up, we ask you "
            "again. If you say nothing, we stop after the last day. Do you leave us? Then you can also stop "
            "it all yourself. What you sign we keep for some time, as proof."
        ),
        rights=(
            "You can always turn a yes into a no. It takes one step, on your own page. You get the link "
            "when you sign. Your no counts from that moment, and it changes nothing about your work. You "
            "may also ask which photos of you we have. We give you a copy, mend mistakes and erase photos "
            "when you ask us to. Do you have a complaint? Please tell us. You can also send a complaint to "
            f"{_REGULATOR}."
        ),
        declaration=(
            "I have read this. I choose freely, and nobody puts pressure on me. I consent to what I ticked. "
            "What I did not tick is not allowed."
        ),
    ),
    Audience.EVENT_VISITOR: FormText(
        title="May we use photos of you?",
        controller="Responsible for your photos: {controller}.",
        introduction=(
            "We take photos at this event. You may be in some of them. If people can tell that it is you, "
            "we use the photo only if you are happy with that. You choose yes or no for each purpose. If "
            "you say no, you are just as welcome. You may also tell the photographer that you do not want "
            "to be in a photo."
        ),
        purposes={**_PURPOSES, Purpose.RECOGNITION: _RECOGNITION},
        recipients=_RECIPIENTS,
        duration=_DURATION,
        rights=_RIGHTS,
        declaration=_DECLARATION,
    ),
    Audience.PATIENT: FormText(
        title="May we use photos of you?",
        controller="Responsible for your photos: {controller}.",
        introduction=(
            "We care for you here. With photos we want to show how we work. We use a photo of you only if "
            "you are happy with that. You choose yes or no for each purpose. If you say no, your care stays "
            "exactly the same. You do not have to say why.\n"
            "Those who care for you must keep what they know secret. We never tell why you are here. We "
            "also do not put your name with the photo. But people who see it may think that you are a "
            "patient here. That says something about your health. Please take your time to think about it. "
            "Are you ill or tired now? Then choose later.\n"
            "We do not give your photo to the press. We do not use face recognition either."
        ),
        purposes={
            Purpose.WEB: (
                "We show you the photo first. If you say yes again, we place it on our own website. "
                "Everybody can see it and keep it there. A search engine can find it too. After the last "
                "day we take the photo away."
            ),
            Purpose.SOCIAL_MEDIA: (
                "We ask you again for every post. You then see the photo and the words. After that we place "
                "it on our own pages on social media. Those companies are often outside Europe. Others can "
                "share the photo. Then we cannot get it back."
            ),
            Purpose.PRINT: (
                "We print the photo, for example in a leaflet or on a poster. We first show you how it will "
                "look. What is in print we cannot get back. For every new print we ask you again."
            ),
            Purpose.INTRANET: (
                "We place the photo on pages that only our own staff can see. They learn from it, for "
                "example. After the last day we take the photo away."
            ),
        },
        recipients=(
            "The photos are kept with us, on a safe computer. Only staff who work with photos can reach "
            "them. The photos do not go into your medical file. Who else sees a photo depends on where you "
            "say yes. There is a spare copy of everything, which only we can open. We do not sell photos."
        ),
        duration=(
            "With each purpose you see how long your yes counts. That is short, for your life may soon be "
            "different. When the time is up, we stop. If we want longer, we ask you again. What you sign we "
            "keep for some time, as proof."
        ),
        rights=(
            "You can always turn a yes into a no. It takes one step, on your own page. You get the link "
            "when you sign. Your no counts from that moment, and it changes nothing about your care. You "
            "may also tell those who care for you. You may ask which photos of you we have. We give you a "
            "copy, mend mistakes and erase photos when you ask us to. Do you have a complaint? Please tell "
            f"us. You can also send a complaint to {_REGULATOR}."
        ),
        declaration=(
            "I have read this and I choose freely. I know that a photo can say something about my health. I "
            "consent to what I ticked. What I did not tick is not allowed."
        ),
    ),
    Audience.MINOR: FormText(
        title="May we use photos of your child?",
        controller="Responsible for the photos of your child: {controller}.",
        introduction=(
            "We take photos that your child may be in. We use such a photo only if you are happy with that. "
            "You choose yes or no for each purpose. If you say no, your child still joins in with "
            "everything. We do not put the name of your child with the photo.\n"
            "Please talk about it together first. If your child does not want it, it is a no, even when you "
            "say yes. Your child may always say so, to the photographer too.\n"
            "{signing} When your child turns 16, your yes no longer counts. Your child then decides, and we "
            "ask again. We do not use face recognition."
        ),
        purposes=_PURPOSES,
        recipients=_RECIPIENTS,
        duration=(
            "With each purpose you see how long your yes counts, but never longer than until your child "
            "turns 16. When that time is nearly up, we ask you again. If you say nothing, we stop after the "
            "last day. What you sign we keep for some time, as proof."
        ),
        rights=(
            "You can always turn a yes into a no. It takes one step, on the page of your child. You get the "
            "link when you sign. Your no counts from that moment. You may also ask which photos of your "
            "child we have. We give you a copy, mend mistakes and erase photos when you or your child ask "
            f"us to. Do you have a complaint? Please tell us. You can also send a complaint to {_REGULATOR}."
        ),
        declaration=(
            "I am a parent or guardian, and I may decide for this child. I talked about it with my child. I "
            "choose freely. I consent to what I ticked. What I did not tick is not allowed."
        ),
    ),
    Audience.MODEL: FormText(
        title="Agreement about photos with a model",
        controller="You make this agreement with: {controller}. They are responsible for your photos.",
        introduction=(
            "This is an agreement and not a consent. You work as a model and get paid for it. How much you "
            "get is in the order that you receive apart. For that we may use the photos for the purposes "
            "that you tick here. As it is an agreement, you cannot simply withdraw it. What you can do is "
            "told under your rights. Read it all in peace, and ask us what you like. Sign only if you agree."
        ),
        purposes={
            **_PURPOSES,
            Purpose.INTRANET: (
                "We place the photo on pages that only our own staff can see. We also use it to teach them "
                "and in talks for them."
            ),
        },
        recipients=(
            "The photos are kept in our office, on a safe computer. Only staff who work with photos can "
            "reach them. Who else sees a photo depends on the purposes that you tick. There is a spare copy "
            "of everything, which only we can open. We do not sell the photos to others."
        ),
        duration=(
            "With each purpose you see how long we may use the photos. After that day we no longer use "
            "them. What is in print remains. If we want longer, we make a new agreement with you. The "
            "agreement itself we keep for some time, as proof."
        ),
        rights=(
            "The agreement ends on the last day. It can end earlier if we both want that. It can also end "
            "if we do not keep our word. Do you have a serious reason, such as your safety? Tell us, and we "
            "look for a way out. We never use the photos in a way that mocks or harms you. You may ask "
            "which photos of you we have. We give you a copy and mend mistakes. Photos that we no longer "
            "need we erase when you ask us to. Do you have a complaint? Please tell us. You can also send a "
            f"complaint to {_REGULATOR}."
        ),
        declaration=(
            "I have read this agreement and I agree with it. I know that I cannot simply withdraw it. What "
            "I ticked is part of the agreement. The rest is not."
        ),
    ),
}
