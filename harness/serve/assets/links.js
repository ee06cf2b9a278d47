// An alignment that is being corrected: its links, and the changes that keep it an alignment.
// A link joins consecutive segments of both sides; no two cross, unless `free`. What no link names stands alone.
class Links {
  constructor(src, tgt, beads, free = false) {
    this.free = free;
    this.content = [src, tgt].map((side) => side.segments.flatMap((s, k) => (s.furniture ? [] : [k])));
    this.place = this.content.map((list) => new Map(list.map((k, place) => [k, place])));
    this.sizes = [src.segments.length, tgt.segments.length];
    this.links = beads.filter((b) => b.src.length && b.tgt.length)
      .map((b) => ({ s: [b.src, b.tgt], sure: b.confidence ?? null, partial: b.flags.includes('partial'), checked: false }));
  }

  // The segments that stand alone and the links, in the order of the text.
  rows() {
    const taken = [0, 1].map((side) => new Set(this.links.flatMap((l) => l.s[side])));
    const alone = [0, 1].map((side) => [...Array(this.sizes[side]).keys()].filter((k) => !taken[side].has(k)));
    const rows = [], next = [0, 0];
    const before = (side, limit) => {
      while (next[side] < alone[side].length && alone[side][next[side]] < limit) {
        const k = alone[side][next[side]++];
        rows.push({ s: side ? [[], [k]] : [[k], []], link: null });
      }
    };
    for (const link of this.links) {
      before(0, link.s[0][0]); before(1, link.s[1][0]);
      rows.push({ s: link.s, link });
    }
    before(0, Infinity); before(1, Infinity);
    return rows;
  }

  // A new link of these segments, which leave the links they were in. Throws, with the reason, where it cannot be.
  join(source, target, mark = {}) {
    const wanted = [source, target].map((list) => [...list].sort((a, b) => a - b));
    if (!wanted[0].length || !wanted[1].length) throw new Error('a link needs segments of both sides');
    const kept = this.links.map((l) => ({ ...l, s: l.s.map((list, side) => list.filter((k) => !wanted[side].includes(k))) }))
      .filter((l) => l.s[0].length && l.s[1].length);
    const made = { s: wanted, sure: null, partial: false, checked: true, ...mark };
    const links = [...kept, made].sort((a, b) => a.s[0][0] - b.s[0][0]);
    this.check(links);
    this.links = links;
    return made;
  }

  check(links) {
    for (const side of [0, 1]) {
      let last = -1;
      for (const link of links) {
        const places = link.s[side].map((k) => this.place[side].get(k));
        if (places.includes(undefined)) throw new Error('page furniture has no counterpart');
        places.forEach((place, i) => { if (i && place !== places[i - 1] + 1) throw new Error('the segments of a link follow one another; unlink what lies between first'); });
        if (places[0] <= last && !(this.free && side)) throw new Error('links may not cross; unlink what lies between first');
        last = places[places.length - 1];
      }
    }
  }

  unlink(link) { this.links = this.links.filter((l) => l !== link); }

  // Two links from one: after the given segment of each side, or after its first.
  split(link, after = [null, null]) {
    const cuts = link.s.map((list, side) => {
      const at = list.indexOf(after[side]);
      return Math.min(list.length, (at < 0 ? 0 : at) + 1);
    });
    const head = link.s.map((list, side) => list.slice(0, cuts[side])), tail = link.s.map((list, side) => list.slice(cuts[side]));
    if (!tail[0].length && !tail[1].length) throw new Error('there is nothing left to split off');
    const parts = [head, tail].filter((s) => s[0].length && s[1].length).map((s) => ({ s, sure: null, partial: link.partial, checked: true }));
    this.links = this.links.flatMap((l) => (l === link ? parts : [l]));
    return parts[0];
  }

  // The next segment of a side comes into the link (step 1), or its last one leaves it (step -1).
  move(link, side, step) {
    const list = link.s[side];
    if (step < 0) {
      if (list.length < 2) throw new Error('its last segment: unlink it instead');
      const given = list[list.length - 1], follower = this.links[this.links.indexOf(link) + 1];
      const places = this.content[side];
      // It goes over to the next link where that one begins right behind it.
      const takes = follower && places.indexOf(follower.s[side][0]) === places.indexOf(given) + 1;
      this.links = this.links.map((l) => {
        if (l === link) return this.changed(l, side, list.slice(0, -1));
        return takes && l === follower ? this.changed(l, side, [given, ...l.s[side]]) : l;
      });
    } else {
      const next = this.content[side][this.content[side].indexOf(list[list.length - 1]) + 1];
      if (next === undefined) throw new Error('there is no further segment');
      const owner = this.links.find((l) => l.s[side].includes(next));
      if (owner && owner.s[side].length < 2) throw new Error('the next link would be left without it: merge them, or unlink it');
      this.links = this.links.map((l) => {
        if (l === link) return this.changed(l, side, [...list, next]);
        return l === owner ? this.changed(l, side, l.s[side].slice(1)) : l;
      });
    }
    return this.links.find((l) => l.s[1 - side][0] === link.s[1 - side][0]);
  }

  changed(link, side, list) {
    return { ...link, s: link.s.map((old, k) => (k === side ? list : old)), sure: null, checked: true };
  }

  partial(link) {
    const now = { ...link, partial: !link.partial, checked: true };
    this.links = this.links.map((l) => (l === link ? now : l));
  }

  confirm(link) { this.links = this.links.map((l) => (l === link ? { ...l, checked: true } : l)); }

  beads() { return this.rows().map((row) => ({ src: row.s[0], tgt: row.s[1], flags: row.link?.partial ? ['partial'] : [] })); }
}
