import type { Profiles } from './facts.ts';
import type { AccessSnapshot, SnapshotCompany, SnapshotMember } from './snapshot.ts';

export interface Named {
  id: string;
  name?: string;
}

/** One user in one company. */
export interface Membership {
  user: Named;
  company: Named;
}

/** Members whose facts are the same before, and the same after. */
export interface Kind {
  /** Numbers of profiles. */
  before: number;
  after: number;
  /** Indices into `People.members`. */
  members: number[];
}

export interface People {
  companies: number;
  users: number;
  members: Membership[];
  kinds: Kind[];
}

/** Everybody who is a member before or after; the first kind, without members, is whoever is a member of nothing. */
export function peopleOf(before: AccessSnapshot, after: AccessSnapshot, profiles: Profiles): People {
  const was = seats(before);
  const is = after === before ? was : seats(after);
  const members: Membership[] = [];
  const nobody = profiles.of();
  const kinds = new Map([
    [`${nobody} ${nobody}`, { before: nobody, after: nobody, members: [] as number[] }],
  ]);
  for (const key of new Set([...was.keys(), ...is.keys()])) {
    const [then, now] = [was.get(key), is.get(key)];
    const known = (now ?? then)!;
    const index = members.push({ user: named(known.member), company: named(known.company) }) - 1;
    const beforeId = profiles.of(then?.company, then?.member);
    const afterId = now === then ? beforeId : profiles.of(now?.company, now?.member);
    const kind = kinds.get(`${beforeId} ${afterId}`);
    if (kind) kind.members.push(index);
    else kinds.set(`${beforeId} ${afterId}`, { before: beforeId, after: afterId, members: [index] });
  }
  return {
    companies: new Set(members.map(({ company }) => company.id)).size,
    users: new Set(members.map(({ user }) => user.id)).size,
    members,
    kinds: [...kinds.values()],
  };
}

interface Seat {
  company: SnapshotCompany;
  member: SnapshotMember;
}

function seats({ companies }: AccessSnapshot): Map<string, Seat> {
  const all = companies.flatMap((company) => company.members.map((member) => ({ company, member })));
  return new Map(all.map((seat) => [`${seat.member.id} ${seat.company.id}`, seat]));
}

function named({ id, name }: Named): Named {
  return name === undefined ? { id } : { id, name };
}
