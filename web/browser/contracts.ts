import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Contract, Field } from '../src/reference/contract';

function row(subject: string, field: string, audience: string, scope: string, source: string, sealed = false): Field {
  const max = source === 'fixed' ? audience : 'everyone';
  return { field, subject, default: audience, max, source, scope, sealed };
}

/** The field table in the form in which the service adds it to the document. */
export const model: Field[] = [
  row('profile', 'id', 'members', 'profile:read', 'discoverability'),
  row('profile', 'username', 'members', 'profile:read', 'discoverability'),
  row('profile', 'display_name', 'members', 'profile:read', 'setting'),
  row('profile', 'avatar', 'members', 'profile:read', 'setting'),
  row('profile', 'bio', 'followers', 'profile:read', 'setting'),
  row('profile', 'location', 'only_me', 'location:read', 'setting', true),
  row('profile', 'gender', 'only_me', 'profile:private', 'setting', true),
  row('profile', 'age', 'only_me', 'profile:private', 'setting', true),
  row('profile', 'height_cm', 'only_me', 'health:read', 'setting', true),
  row('profile', 'weight_kg', 'only_me', 'health:read', 'setting', true),
  row('profile', 'resting_hr', 'only_me', 'health:read', 'setting', true),
  row('profile', 'max_hr', 'only_me', 'health:read', 'setting', true),
  row('profile', 'ftp_watts', 'only_me', 'health:read', 'setting'),
  row('profile', 'email', 'only_me', 'account:read', 'fixed'),
  row('profile', 'birth_date', 'only_me', 'account:read', 'fixed', true),
  row('profile', 'followers', 'followers', 'social:read', 'setting'),
  row('profile', 'following', 'followers', 'social:read', 'setting'),
  row('profile', 'stats', 'followers', 'workouts:read', 'setting'),
  row('workout', 'workout', 'followers', 'workouts:read', 'object'),
  row('workout', 'effort', 'followers', 'workouts:read', 'object', true),
  row('workout', 'heart_rate', 'only_me', 'health:read', 'setting', true),
  row('workout', 'route', 'only_me', 'location:read', 'setting', true),
  row('workout', 'device', 'only_me', 'workouts:read', 'fixed', true),
];

/** The contract of this repository, with the field table added. */
export function ownContract(): Contract {
  const text = readFileSync(join(import.meta.dirname, '..', '..', 'api', 'openapi.yaml'), 'utf8');
  return { ...(parse(text) as Contract), 'x-privacy-model': model };
}

const attack = '<img src=x onerror="document.title=1"><script>document.title=2</script>';

/** A small contract in which every text that the page shows is hostile. */
export const hostileContract: Contract = {
  info: { title: attack, version: attack, summary: attack, description: `- ${attack}\n\n**${attack}** \`${attack}\`` },
  tags: [{ name: attack, description: attack }],
  'x-privacy-model': [{ field: attack, subject: attack, default: attack, max: attack, scope: attack, sealed: true }],
  paths: {
    [`/v1/${attack}`]: {
      get: {
        operationId: attack,
        tags: [attack],
        summary: attack,
        description: attack,
        'x-access': { auth: attack, scope: attack, object: attack, quota: attack, cache: attack },
        parameters: [{ name: attack, in: attack, description: attack, schema: { type: attack, enum: [attack] } }],
        responses: {
          '200': {
            description: attack,
            content: {
              [attack]: {
                example: attack,
                schema: {
                  type: 'object',
                  properties: { [attack]: { type: attack, description: attack, pattern: attack, 'x-visibility': attack } },
                },
              },
            },
          },
        },
      },
    },
  },
};
