import * as z from 'zod/mini';
import { type Aggregate, catalogueEntry, eventTypes, ingestRoutes } from '../../functions/application/catalogue';
import { payloadSchemas, recordedOnly } from '../../functions/application/payload-schemas';

/** What producers, subscribers and the stored events rely on: everything that a release can break. Plain JSON. */
export type Description = {
  readonly types: Readonly<Record<string, TypeDescription>>;
  /** Which `detail-type`s reach an ingest, by its name. */
  readonly prefixes: Readonly<Record<string, readonly string[]>>;
};

export type TypeDescription = {
  readonly aggregate: Aggregate;
  readonly schemaVersion: number;
  /** Nobody may put it: it is recorded together with this type. */
  readonly recordedWith?: string;
  readonly aliases: readonly string[];
  /** By name; those of the members of a list are `items[].sku`. */
  readonly fields: Readonly<Record<string, Field>>;
};

export type Field = {
  readonly type: 'text' | 'whole number' | 'number' | 'truth value' | 'list' | 'object' | 'other';
  readonly required: boolean;
  /** What JSON Schema says of its values: `minimum`, `maxLength`, `pattern` … */
  readonly limits: Readonly<Record<string, unknown>>;
  /** What a producer is told when it is wrong. */
  readonly expected: string;
  /** No producer may send it. */
  readonly recordedOnly?: true;
};

/** The catalogue as the sources have it. */
export function describe(): Description {
  return {
    types: Object.fromEntries(
      eventTypes.map((type) => {
        const { aggregate, schemaVersion, recordedWith, aliases } = catalogueEntry(type);
        const theirs = (name: string) => !recordedOnly[type]?.includes(name.replace(/\[\].*/, ''));
        const fields = fieldsOf(schemaOf(payloadSchemas[type]));
        return [
          type,
          {
            aggregate,
            schemaVersion,
            ...(recordedWith !== undefined && { recordedWith }),
            aliases: [...aliases],
            fields: Object.fromEntries(
              Object.entries(fields).map(([name, field]) => [
                name,
                theirs(name) ? field : { ...field, recordedOnly: true as const },
              ]),
            ),
          },
        ];
      }),
    ),
    prefixes: Object.fromEntries(Object.entries(ingestRoutes).map(([name, { prefixes }]) => [name, [...prefixes]])),
  };
}

type JsonSchema = {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly expected?: string;
} & Readonly<Record<string, unknown>>;

/** JSON Schema, with what each part says of a value that it is not for. */
function schemaOf(schema: z.ZodMiniType): JsonSchema {
  return z.toJSONSchema(schema, {
    override: ({ zodSchema, jsonSchema }) => {
      const { error } = z.safeParse(zodSchema, Symbol('nothing that a payload may hold'));
      jsonSchema.expected = error?.issues[0]?.message ?? '';
    },
  }) as JsonSchema;
}

function fieldsOf({ properties = {}, required = [] }: JsonSchema, prefix = ''): Record<string, Field> {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([property, schema]) => {
      const name = `${prefix}${property}`;
      const field = fieldOf(schema, required.includes(property));
      const members = schema.items ?? schema;
      const below = fieldsOf(members, schema.items ? `${name}[].` : `${name}.`);
      return [[name, field] as const, ...Object.entries(below)];
    }),
  );
}

const TYPES: Readonly<Record<string, Field['type']>> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'truth value',
  array: 'list',
  object: 'object',
};

function fieldOf(schema: JsonSchema, required: boolean): Field {
  const { type = '', properties: _p, required: _r, items, expected = '', additionalProperties: _a, ...rest } = schema;
  const limits = Object.entries(rest).filter(([, value]) => Math.abs(Number(value)) !== Number.MAX_SAFE_INTEGER);
  return {
    type: TYPES[type] ?? 'other',
    required,
    limits: {
      ...Object.fromEntries(limits),
      // Lists of objects have fields of their own.
      ...(items && !items.properties && { items: fieldOf(items, true) }),
    },
    expected,
  };
}
