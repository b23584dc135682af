import { z } from 'zod'

// What the operator may do, with the shape of what is asked and of what comes back. Both ways of doing it keep to
// them: inside the running server, and by a command that has the store to itself.

const username = z.string().max(256)
/** One that the operator chose; null lets a random one be made. */
const chosenPassword = z.string().nullable()
/** The random one, for its one showing; null where the operator chose it. */
const madePassword = z.string().nullable()
const time = z.int().nonnegative()

const account = z.strictObject({
  id: z.string(),
  username: z.string(),
  kind: z.enum(['own', 'sandbox']),
  createdAtMs: time,
  expiresAtMs: time.nullable(),
  disabledAtMs: time.nullable(),
})

const key = z.strictObject({
  id: z.string(),
  label: z.string(),
  hint: z.string(),
  createdAtMs: time,
  expiresAtMs: time.nullable(),
  lastUsedAtMs: time.nullable(),
})

const byName = z.strictObject({ username })
const aboutAccount = z.strictObject({ accountId: z.string() })
const newSigningKey = z.strictObject({ keyId: z.string() })

const shapes = {
  'account add': {
    given: z.strictObject({ username, password: chosenPassword }),
    result: z.strictObject({ accountId: z.string(), password: madePassword }),
  },
  /** A page of accounts in the order of their ids; `lastId` is null when there are no more. */
  'account list': {
    given: z.strictObject({ afterId: z.string().nullable(), limit: z.int().min(1).max(1000) }),
    result: z.strictObject({ accounts: z.array(account), lastId: z.string().nullable() }),
  },
  'account disable': { given: byName, result: aboutAccount },
  'account enable': { given: byName, result: aboutAccount },
  'account reset-password': {
    given: z.strictObject({ username, password: chosenPassword, revokeKeys: z.boolean() }),
    result: z.strictObject({ accountId: z.string(), password: madePassword }),
  },
  'account delete': { given: byName, result: aboutAccount },
  'key list': { given: byName, result: z.strictObject({ keys: z.array(key) }) },
  'key revoke': {
    given: z.strictObject({ username, keyId: z.string().max(256) }),
    result: z.strictObject({ accountId: z.string(), keyId: z.string() }),
  },
  'signing-key rotate': { given: z.strictObject({}), result: newSigningKey },
  'signing-key drop': { given: z.strictObject({}), result: newSigningKey },
}

type Shapes = typeof shapes

/** The name of an action: the words of its command. */
export type OperatorActionName = keyof Shapes

/** What an action is given. */
export type Given<Name extends OperatorActionName> = z.infer<Shapes[Name]['given']>

/** What an action gives back. */
export type Result<Name extends OperatorActionName> = z.infer<Shapes[Name]['result']>

/** An account as the operator sees it. */
export type OperatorAccount = z.infer<typeof account>

/** A valid API key as the operator sees it. */
export type OperatorKey = z.infer<typeof key>

/** Every action with the shapes of its two ends. */
export const operatorActions: {
  readonly [Name in OperatorActionName]: {
    given: z.ZodType<Given<Name>>
    result: z.ZodType<Result<Name>>
  }
} = shapes

/** All names, in the order of the help. */
export const operatorActionNames = Object.keys(shapes) as OperatorActionName[]

/** Everything that the operator may do. */
export type Operator = {
  readonly [Name in OperatorActionName]: (given: Given<Name>) => Promise<Result<Name>>
}

/** The operator asked for something that cannot be. The message is for the operator and says what to do. */
export class OperatorRefused extends Error {
  /** The kind of reason, without anything that was typed: for the log. */
  readonly because: string

  constructor(because: string, message: string) {
    super(message)
    this.name = 'OperatorRefused'
    this.because = because
  }
}
