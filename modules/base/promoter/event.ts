import { collection, field, invalid } from '../../kit/index.ts';

export const events = collection({
  table: 'event',
  fields: {
    name: field.text(200),
    status: field.defaulted(field.oneOf('draft', 'announced', 'on_sale', 'completed', 'cancelled')),
    starts_at: field.moment(),
    ends_at: field.optional(field.moment()),
    venue_name: field.optional(field.text(200)),
    city: field.optional(field.text(100)),
    capacity: field.optional(field.integer(0, 1_000_000)),
  },
  filters: ['status', 'city'],
  rule(_before, after) {
    if (!after?.['ends_at']) return;
    if (moment(after['ends_at']) < moment(after['starts_at'])) {
      throw invalid('the body is not valid', { ends_at: 'is before starts_at' });
    }
  },
});

/** Written as text, read back as a Date. */
function moment(value: unknown): number {
  return new Date(value as string | Date).getTime();
}
