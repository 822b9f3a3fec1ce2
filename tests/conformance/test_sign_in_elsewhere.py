"""Signing in at another provider (OpenID Connect) and at the directory (LDAP), both real servers on loopback."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from joserfc.jwk import OctKey, RSAKey

from mailguard.accounts.factors import Factor, Proved
from mailguard.accounts.ldap_directory import bind_name
from mailguard.accounts.oidc_provider import is_secure
from mailguard.errors import NotAllowed, SignInRefused, SignInUnavailable
from mailguard.store import Store
from tests.conformance.sign_in_parts import HERE, HOUR, PASSWORD, TANAKA, SignInOffice
from tests.fakes.clock import StandingClock
from tests.fakes.directory_server import DirectoryServer
from tests.fakes.identity_provider import IdentityProvider
from tests.system.certificates import Certificates, make_certificates

# ldap3 2.9.1 uses what pyasn1 and ssl have renamed, and leaves the socket of a handshake that failed to the collector.
pytestmark = pytest.mark.filterwarnings(
    "ignore:.*is deprecated:DeprecationWarning",
    "ignore:unclosed:ResourceWarning",
    "ignore:.*(SSLSocket|socket.socket):pytest.PytestUnraisableExceptionWarning",
)


@pytest.fixture(autouse=True)
def _sockets_are_collected_here() -> Iterator[None]:
    """Not in whatever test comes next, which would be blamed for it."""
    yield
    gc.collect()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
async def provider(clock: StandingClock) -> AsyncIterator[IdentityProvider]:
    async with IdentityProvider(clock) as provider:
        yield provider


@pytest.fixture
async def office(
    store: Store, clock: StandingClock, tmp_path: Path, provider: IdentityProvider
) -> AsyncIterator[SignInOffice]:
    settings = {"name": "Example", "issuer": provider.issuer, "client_id": provider.client_id,
                "client_secret": provider.client_secret}  # fmt: skip
    office = SignInOffice(store, clock, tmp_path / "content", sign_in={"oidc": [settings]})
    yield office
    await office.close()


async def signed_in(office: SignInOffice, provider: IdentityProvider, email: str = TANAKA) -> Proved:
    """There and back again."""
    begun = await office.sign_in.oidc.begin("Example")
    return await office.sign_in.oidc.finish(begun.ceremony, *provider.come_back(begun.url, email))


# -- OpenID Connect


async def test_oidc_own_address_signs_in(office: SignInOffice, provider: IdentityProvider) -> None:
    """I press the provider's button, sign in there and am known here."""
    assert ("Example",) == office.sign_in.oidc.providers()
    assert Proved(TANAKA, frozenset({Factor.OIDC})) == await signed_in(office, provider, "Tanaka@EXAMPLE.jp")


@pytest.mark.parametrize(
    ("email", "changes"),
    [
        pytest.param("tanaka@elsewhere.example.com", {}, id="another domain"),
        pytest.param(TANAKA, {"email_verified": False}, id="not verified"),
        pytest.param(TANAKA, {"email_verified": "true"}, id="verified as a word"),
        pytest.param(TANAKA, {"email_verified": None}, id="nothing said about it"),
        pytest.param(TANAKA, {"email": None}, id="no address"),
        pytest.param(TANAKA, {"email": [TANAKA]}, id="a list of addresses"),
        pytest.param(TANAKA, {"iss": "https://accounts.example.com"}, id="another issuer"),
        pytest.param(TANAKA, {"aud": "somebody-else"}, id="another audience"),
        pytest.param(TANAKA, {"aud": ["mailguard", "another"]}, id="several audiences"),
        pytest.param(TANAKA, {"azp": "another"}, id="asked for by another"),
        pytest.param(TANAKA, {"nonce": "another"}, id="another nonce"),
        pytest.param(TANAKA, {"nonce": None}, id="no nonce"),
        pytest.param(TANAKA, {"exp": 1}, id="over"),
        pytest.param(TANAKA, {"exp": None}, id="no end"),
        pytest.param(TANAKA, {"iat": 4102444800}, id="from the future"),
    ],
)
async def test_oidc_token_that_does_not_hold_is_refused(
    office: SignInOffice, provider: IdentityProvider, email: str, changes: dict[str, object]
) -> None:
    """A token for somebody else, for another time or without a verified own address lets nobody in."""
    provider.changes = changes

    with pytest.raises(SignInRefused):
        await signed_in(office, provider, email)


async def test_oidc_microsofts_claim_counts_as_verified(office: SignInOffice, provider: IdentityProvider) -> None:
    """Microsoft says it in words of its own."""
    provider.changes = {"email_verified": None, "xms_edov": True}

    assert TANAKA == (await signed_in(office, provider)).address


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        pytest.param(RSAKey.generate_key(2048, {"kid": "one"}), "RS256", id="a forger's key"),
        pytest.param(OctKey.import_key("mailguard-and-a-secret-of-thirty-two-octets"), "HS256", id="a shared secret"),
        pytest.param(None, "RS512", id="an algorithm that is not listed"),
    ],
)
async def test_oidc_token_signed_otherwise_is_refused(
    office: SignInOffice, provider: IdentityProvider, key: object, algorithm: str
) -> None:
    """Only the provider's own keys and known algorithms count."""
    provider.signs_with, provider.algorithm = key, algorithm

    with pytest.raises(SignInRefused):
        await signed_in(office, provider)


async def test_oidc_new_key_of_the_provider_is_fetched(office: SignInOffice, provider: IdentityProvider) -> None:
    """A provider that changes its keys does not lock the office out."""
    await signed_in(office, provider)
    provider.key = RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})
    office.clock.advance(90)

    assert TANAKA == (await signed_in(office, provider)).address


async def test_oidc_way_back_of_another_browser_is_refused(office: SignInOffice, provider: IdentityProvider) -> None:
    """Nobody signs me in as themselves with a link to their own way back, and each way back counts once."""
    mine, theirs = await office.sign_in.oidc.begin("Example"), await office.sign_in.oidc.begin("Example")
    code, state = provider.come_back(theirs.url, TANAKA)
    finish = office.sign_in.oidc.finish

    for ceremony in (mine.ceremony, "made-up", ""):
        with pytest.raises(SignInRefused):
            await finish(ceremony, code, state)
    await finish(theirs.ceremony, code, state)
    with pytest.raises(SignInRefused):
        await finish(theirs.ceremony, code, state)


async def test_oidc_late_or_empty_or_mixed_up_is_refused(office: SignInOffice, provider: IdentityProvider) -> None:
    """Too late, no code, and the answer of another provider are all no."""
    late, empty, mixed = [await office.sign_in.oidc.begin("Example") for _ in range(3)]
    finish = office.sign_in.oidc.finish

    with pytest.raises(SignInRefused):
        await finish(empty.ceremony, "", provider.come_back(empty.url, TANAKA)[1])
    with pytest.raises(SignInRefused):
        await finish(mixed.ceremony, *provider.come_back(mixed.url, TANAKA), issuer="https://evil.example.com")
    office.clock.advance(HOUR)
    with pytest.raises(SignInRefused):
        await finish(late.ceremony, *provider.come_back(late.url, TANAKA))
    with pytest.raises(NotAllowed):
        await office.sign_in.oidc.begin("Another")


@pytest.mark.parametrize(
    ("over", "answers"),
    [
        pytest.param({"issuer": "https://accounts.example.com"}, {}, id="calls itself otherwise"),
        pytest.param({"token_endpoint": "http://accounts.example.com/token"}, {}, id="not https"),
        pytest.param({"jwks_uri": None}, {}, id="no keys"),
        pytest.param({}, {"/keys": ("302 Found", b"")}, id="a redirect"),
        pytest.param({}, {"/keys": ("200 OK", b"[" * 300_000)}, id="endless"),
        pytest.param({}, {"/keys": ("200 OK", b'{"keys": 1}')}, id="keys that are none"),
        pytest.param({}, {"/token": ("500 Oops", b"")}, id="broken"),
        pytest.param({}, {"/token": ("200 OK", b"nonsense")}, id="nonsense"),
    ],
)
async def test_oidc_provider_that_misbehaves_is_unavailable(
    office: SignInOffice,
    provider: IdentityProvider,
    over: dict[str, object],
    answers: dict[str, tuple[str, bytes]],
) -> None:
    """Whatever a provider answers, nobody gets in by it and I am told to come back."""
    provider.over, provider.answers = over, answers

    with pytest.raises(SignInUnavailable):
        await signed_in(office, provider)


@pytest.mark.parametrize(
    ("address", "expected"),
    [("https://a.example.com/x", True), ("http://127.0.0.1:1/x", True), ("http://a.example.com", False),
     ("file:///etc/passwd", False), ("https://", False), ("//a.example.com", False), ("https://[", False)],
)  # fmt: skip
def test_address_asked_only_over_https(address: str, expected: bool) -> None:
    """Nothing is fetched in clear but from this machine."""
    assert expected is is_secure(address)


# -- the directory


def directory_office(
    store: Store, clock: StandingClock, folder: Path, url: str, ca_file: Path | None, user: str = "{address}"
) -> SignInOffice:
    settings = {"url": url, "user": user, "ca_file": None if ca_file is None else str(ca_file)}
    return SignInOffice(store, clock, folder / "content", sign_in={"ldap": settings})


async def test_directory_right_password_signs_in(
    store: Store, clock: StandingClock, tmp_path: Path, certificates: Certificates
) -> None:
    """The password of my PC opens the pages; a wrong, an empty and a stranger's do not, nor is the empty one sent."""
    async with DirectoryServer(certificates.certificate, certificates.key) as server:
        server.people[TANAKA] = PASSWORD
        office = directory_office(store, clock, tmp_path, f"ldaps://localhost:{server.port}", certificates.authority)
        proved = await office.sign_in.gate.password("Tanaka@example.jp", PASSWORD, HERE)
        for address, password in ((TANAKA, "wrong"), (TANAKA, ""), ("nobody@example.jp", PASSWORD),
                                  ("tanaka@elsewhere.example.com", PASSWORD)):  # fmt: skip
            with pytest.raises(SignInRefused):
                await office.sign_in.gate.password(address, password, HERE)

    assert Proved(TANAKA, frozenset({Factor.PASSWORD})) == proved
    assert [TANAKA, TANAKA, "nobody@example.jp"] == server.names
    await office.close()


async def test_directory_local_account_decides_alone(
    store: Store, clock: StandingClock, tmp_path: Path, certificates: Certificates
) -> None:
    """An account of the relay's own is never tried elsewhere."""
    async with DirectoryServer(certificates.certificate, certificates.key) as server:
        office = directory_office(store, clock, tmp_path, f"ldaps://localhost:{server.port}", certificates.authority)
        await office.add_account(TANAKA)

        assert TANAKA == (await office.sign_in.gate.password(TANAKA, PASSWORD, HERE)).address
    assert [] == server.names
    await office.close()


@pytest.mark.parametrize("trouble", ["untrusted", "another name", "busy", "away"])
async def test_directory_that_cannot_be_believed_is_unavailable(
    store: Store, clock: StandingClock, tmp_path: Path, certificates: Certificates, trouble: str
) -> None:
    """A false directory never sees a password, and trouble there is no failure of mine."""
    async with DirectoryServer(certificates.certificate, certificates.key) as server:
        server.people[TANAKA] = PASSWORD
        server.code = 51 if trouble == "busy" else None
        host = "localhost.localdomain" if trouble == "another name" else "localhost"
        port = 9 if trouble == "away" else server.port
        authority = None if trouble == "untrusted" else certificates.authority
        office = directory_office(store, clock, tmp_path, f"ldaps://{host}:{port}", authority)
        for _ in range(6):
            with pytest.raises(SignInUnavailable):
                await office.sign_in.gate.password(TANAKA, PASSWORD, HERE)

    assert server.names == ([TANAKA] * 6 if trouble == "busy" else [])
    await office.close()


async def test_directory_without_tls_is_asked_over_starttls(
    store: Store, clock: StandingClock, tmp_path: Path, certificates: Certificates
) -> None:
    """``ldap://`` does not mean in clear."""
    async with DirectoryServer(certificates.certificate, certificates.key, is_tls=False) as server:
        server.people["uid=tanaka,dc=example"] = PASSWORD
        office = directory_office(
            store, clock, tmp_path, f"ldap://localhost:{server.port}", certificates.authority,
            user="uid={local_part},dc=example",
        )  # fmt: skip

        assert TANAKA == (await office.sign_in.gate.password(TANAKA, PASSWORD, HERE)).address
    assert server.has_tls
    await office.close()


@pytest.mark.parametrize(
    ("template", "address", "expected"),
    [
        ("{address}", "a+b@example.jp", "a+b@example.jp"),
        ("uid={local_part},dc=example", "a+b@example.jp", "uid=a\\2bb,dc=example"),
        ("uid={local_part},dc=example", "x,dc=evil@example.jp", "uid=x\\2cdc\\3devil,dc=example"),
        ("EXAMPLE\\{local_part}", "tanaka@example.jp", "EXAMPLE\\tanaka"),
        ("{local_part}", "{address}@example.jp", "{address}"),
    ],
)
def test_bind_name_cannot_be_broken_out_of(template: str, address: str, expected: str) -> None:
    """An odd address is one value of the name, whatever stands in it."""
    assert expected == bind_name(template, address)
