import { jwks } from './auth-v1/jwks.ts'
import { logout } from './auth-v1/logout.ts'
import { register } from './auth-v1/register.ts'
import { sandbox } from './auth-v1/sandbox.ts'
import { token } from './auth-v1/token.ts'
import { usersMe } from './auth-v1/users-me.ts'
import type { Endpoint } from './endpoint.ts'
import { batch } from './internal-v1/batch.ts'
import { batches } from './internal-v1/batches.ts'
import { reviewQueue } from './internal-v1/review-queue.ts'
import { categories } from './public-v1/categories.ts'
import { image } from './public-v1/image.ts'
import { images } from './public-v1/images.ts'
import { me } from './public-v1/me.ts'
import { ping } from './public-v1/ping.ts'
import { stats } from './public-v1/stats.ts'

/** Every call of the API, in the order of the reference. */
export const endpoints: readonly Endpoint[] = [
  ping,
  me,
  stats,
  categories,
  images,
  image,
  register,
  token,
  usersMe,
  logout,
  sandbox,
  jwks,
  reviewQueue,
  batches,
  batch,
]
