"""The forms of auth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from domain.auth import passwords
from domain.auth.addresses import is_address, normalise
from domain.auth.names import is_name
from web.kit import Form, labels_of

if TYPE_CHECKING:
    from wtforms import Field

N_ = labels_of("auth")

LONGEST_NAME = 100


def _normalised(value: str | None) -> str:
    return normalise(value or "")


class RegisterForm(Form):
    """What it takes to get an account."""

    name = StringField(
        N_("Your name"),
        validators=[DataRequired(N_("Enter the name that others will see.")), Length(max=LONGEST_NAME)],
        render_kw={"autocomplete": "name", "maxlength": LONGEST_NAME},
    )
    email = EmailField(
        N_("Email address"),
        filters=[_normalised],
        validators=[DataRequired(N_("Enter your email address."))],
        render_kw={"autocomplete": "email"},
    )
    password = PasswordField(
        N_("Password"),
        description=N_(
            "At least {count} character. A few words in a row work well.",
            "At least {count} characters. A few words in a row work well.",
            count=passwords.SHORTEST,
        ),
        validators=[DataRequired(N_("Choose a password."))],
        render_kw={"autocomplete": "new-password", "minlength": passwords.SHORTEST, "maxlength": passwords.LONGEST},
    )

    def validate_name(self, field: Field) -> None:
        """Refuse what is no name: it goes into mails to an address that anybody may have typed."""
        if not is_name(field.data or ""):
            raise ValidationError(N_("This does not look like a name. Leave out web addresses, / and @."))

    def validate_email(self, field: Field) -> None:
        """Refuse what no mail can be sent to."""
        if not is_address(field.data):
            raise ValidationError(N_("Enter an email address such as name@example.com."))

    def validate_password(self, field: Field) -> None:
        """Refuse what is short or easily guessed."""
        objection = passwords.objection(field.data or "", name=self.name.data or "", email=self.email.data or "")
        if objection:
            raise ValidationError(objection)  # type: ignore[arg-type]  # said by the page


class SignInForm(Form):
    """Address and password."""

    email = EmailField(
        N_("Email address"),
        filters=[_normalised],
        validators=[DataRequired(N_("Enter your email address."))],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        N_("Password"),
        validators=[DataRequired(N_("Enter your password.")), Length(max=passwords.LONGEST)],
        render_kw={"autocomplete": "current-password"},
    )


class ConfirmForm(Form):
    """The password of a registration that is confirmed in another browser than it was begun in."""

    password = PasswordField(
        N_("Password"),
        description=N_("The one you chose when you created your account. It proves that the account is yours."),
        validators=[DataRequired(N_("Enter your password.")), Length(max=passwords.LONGEST)],
        render_kw={"autocomplete": "current-password"},
    )
