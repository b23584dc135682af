/** An answer of `GET /auth/v1/users/me`. */
export const usersMe = {
  username: 'mia',
  kind: 'own',
  created_at: '2026-02-01T08:00:00Z',
  expires_at: null,
  token: {
    issued_at: '2026-03-01T12:00:00Z',
    expires_at: '2026-03-01T12:30:00Z',
    expires_in: 1742,
    kid: 'k1',
    iss: 'https://docs.example',
    aud: 'https://docs.example',
    sub: 'account-1',
    sid: 'session-1',
    jti: 'token-1',
    iat: 1772366400,
    exp: 1772368200,
  },
} as const
