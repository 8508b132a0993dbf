import { type Change, conflict, forbidden } from '../../kit/index.ts';

const ANSWERS = ['accepted', 'declined'];

/**
 * Of what one side makes and the other answers. The maker alone writes it, as a draft, which nobody else sees; sends it,
 * and may then only withdraw it. The other side accepts or declines what was sent, with a word of `answer`.
 */
export function twoSided(what: string, maker: string): (change: Change) => void {
  return (change) => {
    const { before, side } = change;
    const { writes, moves, answers } = intentOf(change);
    const status = before?.['status'] as string | undefined;
    if (side === maker && answers) throw forbidden(`the ${what} is for the other side to answer`);
    if (side !== maker && (writes || moves)) throw forbidden(`the ${what} is not this side's to change`);
    if (writes && before && status !== 'draft') throw conflict(`the ${what} was sent: its terms stay`);
    if (answers && status !== 'sent') throw conflict(`the ${what} is ${status}`);
  };
}

/** What a change does: to the terms (deleting is that too), to the maker's states, or as an answer. */
function intentOf({ before, after, request }: Change): Record<'writes' | 'moves' | 'answers', boolean> {
  const { status, answer, ...rest } = request.body;
  const moved = status !== undefined && status !== before?.['status'];
  const answered = ANSWERS.includes(status as string);
  return {
    writes: !after || Object.keys(rest).length > 0,
    moves: moved && !answered,
    answers: answer !== undefined || (moved && answered),
  };
}
