"""Another provider of identities (OpenID Connect) on loopback: discovery, keys, token endpoint, its own RSA key."""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode, urlsafe_b64encode
from hashlib import sha256
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from mailguard.clock import Clock


class IdentityProvider:
    """Use as an async context. ``come_back`` plays the person who signs in there.

    ``changes`` are put over the claims of the next tokens (None takes one away), ``over`` over the discovery document;
    ``answers`` replaces the answer to a path by a status and a body.
    """

    client_id, client_secret = "mailguard", "a secret: of two"

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.signs_with: Any = None
        self.algorithm = "RS256"
        self.changes: dict[str, object] = {}
        self.over: dict[str, object] = {}
        self.answers: dict[str, tuple[str, bytes]] = {}
        self.asked: list[str] = []
        self.port = 0
        self._codes: dict[str, tuple[dict[str, str], str]] = {}
        self._server: asyncio.Server | None = None

    @property
    def issuer(self) -> str:
        """What it calls itself."""
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> IdentityProvider:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()

    def come_back(self, url: str, email: str) -> tuple[str, str]:
        """Sign in as that address at the page ``url`` leads to: the code and the state to come back with."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert query["code_challenge_method"] == "S256"
        assert query["response_type"] == "code"
        code = f"code-{len(self._codes)}"
        self._codes[code] = (query, email)
        return code, query["state"]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        method, path, _ = head.split(" ", 2)
        headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        original = next((line[15:] for line in head.split("\r\n") if line.lower().startswith("authorization: ")), "")
        self.asked.append(path)
        status, answer = self.answers.get(path) or self._answer(method, path, body.decode(), original)
        writer.write(
            f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(answer)}\r\n"
            "Connection: close\r\n".encode()
            + (b"Location: /keys\r\n" if status.startswith("302") else b"")
            + b"\r\n"
            + answer
        )
        await writer.drain()
        writer.close()

    def _answer(self, method: str, path: str, body: str, authorization: str) -> tuple[str, bytes]:
        match (method, path):
            case ("GET", "/.well-known/openid-configuration"):
                document = {
                    "issuer": self.issuer,
                    "authorization_endpoint": f"{self.issuer}/authorize",
                    "token_endpoint": f"{self.issuer}/token",
                    "jwks_uri": f"{self.issuer}/keys",
                }
                return "200 OK", json.dumps(document | self.over).encode()
            case ("GET", "/keys"):
                return "200 OK", json.dumps({"keys": [self.key.as_dict(private=False)]}).encode()
            case ("POST", "/token"):
                return self._token(body, authorization)
        return "404 Not Found", b"{}"

    def _token(self, body: str, authorization: str) -> tuple[str, bytes]:
        fields = {name: values[0] for name, values in parse_qs(body).items()}
        query, email = self._codes.pop(fields.get("code", ""), ({}, ""))
        client, _, secret = b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        challenge = urlsafe_b64encode(sha256(fields.get("code_verifier", "").encode()).digest()).decode().rstrip("=")
        is_right = (
            (unquote(client), unquote(secret)) == (self.client_id, self.client_secret)
            and challenge == query.get("code_challenge")
            and fields.get("redirect_uri") == query.get("redirect_uri")
            and fields.get("grant_type") == "authorization_code"
        )
        if not is_right:
            return "400 Bad Request", b'{"error": "invalid_grant"}'
        now = int(self.clock.now().timestamp())
        claims: dict[str, object] = {
            "iss": self.issuer,
            "aud": self.client_id,
            "sub": "1234",
            "iat": now,
            "exp": now + 300,
            "nonce": query["nonce"],
            "email": email,
            "email_verified": True,
        }
        claims = {name: value for name, value in (claims | self.changes).items() if value is not None}
        key = self.signs_with or self.key
        header = {"alg": self.algorithm} | ({} if isinstance(key, OctKey) else {"kid": key.kid})
        token = jwt.encode(header, claims, key, algorithms=[self.algorithm])
        return "200 OK", json.dumps({"token_type": "Bearer", "access_token": "unused", "id_token": token}).encode()
