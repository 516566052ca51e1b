import type { Contract, Field, Schema } from './contract';

const field = (name: string, audience: string, max = 'everyone', source?: string): Field => ({
  field: name, subject: name === 'workout' ? 'workout' : 'profile', default: audience, max, scope: 'profile:read', sealed: false,
  ...(source === undefined ? {} : { source }),
});

const schemas: Record<string, Schema> = {
  Member: {
    type: 'object',
    required: ['id'],
    properties: {
      id: { type: 'string', format: 'uuid', 'x-visibility': 'id' },
      weight_kg: { type: ['number', 'null'], minimum: 20, maximum: 400, 'x-visibility': 'weight_kg' },
      email: { type: 'string', 'x-visibility': 'email' },
      place: { type: 'object', 'x-visibility': 'location', properties: { city: { type: 'string' } } },
      friends: { type: 'array', 'x-visibility': 'always', items: { $ref: '#/components/schemas/Member' } },
      settings: { type: 'object', 'x-visibility': 'owner', additionalProperties: { type: 'string' } },
    },
  },
};

/** A contract for the tests of this folder: one member who has friends, one way to read and one to write. */
export const contract = {
  info: { title: 'Test', version: '1', description: 'About.' },
  tags: [{ name: 'members' }, { name: 'empty' }],
  'x-privacy-model': [
    field('id', 'members', 'everyone', 'discoverability'),
    field('weight_kg', 'only_me', 'everyone', 'setting'),
    field('email', 'only_me', 'only_me'),
    field('location', 'only_me', 'followers'),
    field('workout', 'followers', 'everyone', 'object'),
  ],
  paths: {
    '/v1/members/{id}': {
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
      get: {
        operationId: 'getMember',
        tags: ['members'],
        summary: 'Read a member',
        'x-access': { auth: 'none', scope: 'profile:read', object: 'member', quota: 'read', cache: 'no-store' },
        responses: {
          '200': {
            description: 'The member.',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Member' }, example: { id: '<b>' } } },
          },
          '404': { description: 'No such member.' },
        },
      },
      patch: {
        operationId: 'patchMember',
        tags: ['other things'],
        summary: 'Change a member',
        'x-visibility': 'owner',
        'x-access': { auth: 'session', scope: 'none', object: 'self', quota: 'write', cache: 'no-store' },
        requestBody: { required: true, content: { 'application/json': { schema: { $ref: '#/components/schemas/Member' } } } },
        responses: { '204': { description: 'Done.' } },
      },
    },
  },
  components: { schemas },
} satisfies Contract & { components: unknown };
