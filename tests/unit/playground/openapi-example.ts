/** An OpenAPI 3.1 document with every shape that the playground reads, written as zod's generator writes them. */
export const openapiExample = {
  openapi: '3.1.0',
  info: { title: 'Barbell', version: '1' },
  tags: [{ name: 'Public API' }, { name: 'Accounts and tokens' }, { name: 'Internal API' }],
  paths: {
    '/auth/v1/token': {
      post: {
        tags: ['Accounts and tokens'],
        summary: 'Get a token',
        'x-barbell-lane': 'none',
        requestBody: {
          required: true,
          content: {
            'application/x-www-form-urlencoded': { schema: { $ref: '#/components/schemas/Grant' } },
          },
        },
        responses: { 200: { $ref: '#/components/responses/SignedIn' } },
      },
    },
    '/auth/v1/register': {
      post: {
        tags: ['Accounts and tokens'],
        summary: 'Open an account',
        'x-barbell-lane': 'none',
        requestBody: {
          content: {
            'application/json': {
              schema: {
                allOf: [{ $ref: '#/components/schemas/Credentials' }],
                properties: {
                  username: { type: 'string' },
                  password: { type: 'string', minLength: 8 },
                  age: { type: 'integer' },
                  newsletter: { type: 'boolean' },
                  teams: { type: 'array', items: { type: 'integer' } },
                },
              },
              example: { username: 'mia', teams: [254, 1678] },
            },
          },
        },
        responses: { 201: { description: 'made' } },
      },
    },
    '/api/v1/stats': {
      get: {
        tags: ['Public API'],
        operationId: 'getStats',
        summary: 'Count the images',
        description: 'How large the dataset is.',
        'x-barbell-lane': 'api_key',
        responses: { 200: { description: 'counts' } },
      },
    },
    '/api/v1/images': {
      get: {
        tags: ['Public API'],
        'x-barbell-lane': 'api_key',
        parameters: [
          { name: 'category', in: 'query', schema: { type: 'string' }, example: 'coral' },
          {
            name: 'status',
            in: 'query',
            schema: { type: ['string', 'null'], enum: ['reviewed', 'un_reviewed', null] },
          },
          { $ref: '#/components/parameters/Limit' },
          { name: 'x-api-auth', in: 'header', schema: { type: 'string' } },
        ],
      },
    },
    '/api/v1/images/{id}': {
      parameters: [
        { name: 'id', in: 'path', required: true, schema: { type: 'string', examples: ['img_1'] } },
      ],
      get: { tags: ['Public API'], 'x-barbell-lane': 'api_key' },
    },
    '/internal/v1/batches': {
      get: {
        tags: ['Internal API'],
        'x-barbell-lane': 'token',
        parameters: [
          {
            name: 'Barbell-Jar',
            in: 'header',
            schema: { anyOf: [{ type: 'null' }, { type: 'string', enum: ['program'] }] },
          },
        ],
      },
      delete: { 'x-barbell-lane': 'something new', summary: 'Not in any group' },
    },
  },
  components: {
    parameters: {
      Limit: {
        name: 'limit',
        in: 'query',
        description: 'Items on a page.',
        schema: { type: 'integer', minimum: 1, default: 20 },
      },
    },
    responses: {
      SignedIn: { description: 'signed in', headers: { 'Set-Cookie': { schema: {} } } },
    },
    schemas: {
      Credentials: { type: 'object', required: ['username', 'password'] },
      Grant: {
        type: 'object',
        required: ['username', 'password'],
        properties: {
          username: { type: 'string', example: 'myUsername' },
          password: { type: 'string', format: 'password' },
          grant_type: { type: 'string', enum: ['password'], default: 'password' },
        },
      },
      Circle: { $ref: '#/components/schemas/Circle' },
    },
  },
}
