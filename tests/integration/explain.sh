#!/bin/bash
# explain.sh - every step of a decision: what matched, what was rejected and why, what is waited for
. "$SOURCE/tests/integration/network.bash"

cat >net.topo <<'END'
node ann.cs.su.oz.au {
    visible su.oz.au
    schedule night { mo-fr 18:00-08:00; sa-su all }
    link ben.cs.su.oz.au { delay 10s; schedule night; transport tcp listen }
    link cat.ee.su.oz.au { delay 1s; transport tcp listen; inbound { restrict ee.su.oz.au } }
    link gw.mu.oz.au { delay 1s; transport tcp listen }
    route far.oz.au via cat.ee.su.oz.au both
    default *.edu via ben.cs.su.oz.au
}
node ben.cs.su.oz.au { visible oz.au
    link ann.cs.su.oz.au { delay 10s; transport tcp listen }
    link dan.cs.su.oz.au { delay 10s; transport tcp listen }
    link far.oz.au { transport tcp listen }
}
node cat.ee.su.oz.au { visible su.oz.au
    link ann.cs.su.oz.au { delay 1s; transport tcp listen; inbound { restrict ee.su.oz.au } }
    link dan.cs.su.oz.au { delay 1s; transport tcp listen }
}
node dan.cs.su.oz.au {
    link ben.cs.su.oz.au { delay 10s; transport tcp listen }
    link cat.ee.su.oz.au { delay 1s; transport tcp listen }
    link deep.mu.oz.au { delay 1s; transport tcp listen }
}
node far.oz.au { link ben.cs.su.oz.au { transport tcp listen } }
node gw.mu.oz.au { visible mu.oz.au
    link ann.cs.su.oz.au { delay 1s; transport tcp listen }
    link deep.mu.oz.au { delay 1s; transport tcp listen } }
node deep.mu.oz.au { link gw.mu.oz.au { delay 1s; transport tcp listen }
    link dan.cs.su.oz.au { delay 1s; transport tcp listen } }
END

# explained ADDRESS <EXPECTED
explained()
{
	"$BUILD/mulga" explain "$1" -f net.topo --home ann.cs.su.oz.au >said
	diff - said || fail "explain $1"
}

explained joe@dan.cs.su.oz.au <<'END'
joe@dan.cs.su.oz.au, fastest way from ann.cs.su.oz.au:
  the entry for dan.cs.su.oz.au leads to ben.cs.su.oz.au
  a better way would be cat.ee.su.oz.au, dan.cs.su.oz.au
    rejected: the link ann.cs.su.oz.au -> cat.ee.su.oz.au carries only what is for ee.su.oz.au
  => dan.cs.su.oz.au goes to ben.cs.su.oz.au, 20 s and cost 0 away
     The link to ben.cs.su.oz.au opens by night (mo tu we th fr 18:00-08:00, sa su all).
END
explained joe@far.oz.au <<'END'
joe@far.oz.au, fastest way from ann.cs.su.oz.au:
  the pinned route far.oz.au via cat.ee.su.oz.au holds
    rejected: the table's entry for oz.au, which leads to ben.cs.su.oz.au
  => far.oz.au goes to cat.ee.su.oz.au
END
explained joe@x.edu <<'END'
joe@x.edu, fastest way from ann.cs.su.oz.au:
  no entry for x.edu
  no entry for edu
  x.edu: no entry of the table matches
  the default for edu applies: ben.cs.su.oz.au
  the entry for ben.cs.su.oz.au leads to ben.cs.su.oz.au
  => x.edu goes to ben.cs.su.oz.au
     The link to ben.cs.su.oz.au opens by night (mo tu we th fr 18:00-08:00, sa su all).
END
explained joe@nobody.cs.su.oz.au <<'END'
joe@nobody.cs.su.oz.au, fastest way from ann.cs.su.oz.au:
  no entry for nobody.cs.su.oz.au
  cs.su.oz.au is a region of this node, and holds no such name
  nobody.cs.su.oz.au: no route
  => nobody.cs.su.oz.au cannot be reached (not-in-region)
END
explained joe@a.b.mu.oz.au <<'END'
joe@a.b.mu.oz.au, fastest way from ann.cs.su.oz.au:
  no entry for a.b.mu.oz.au
  no entry for b.mu.oz.au
  the entry for mu.oz.au leads to gw.mu.oz.au
  => a.b.mu.oz.au goes to gw.mu.oz.au, 1 s and cost 0 away
END

# A region that fell apart: who has a way, and why there is none from here.
cat >net.topo <<'END'
template near { delay 1s; transport tcp listen }
node uu.y.mi { visible world; link andy.x.mi { use near }; link k.z.mi { use near } }
node andy.x.mi { visible mi; link uu.y.mi { use near } }
node k.z.mi { visible world; link uu.y.mi { use near }; link h2.x.mi { use near } }
node h2.x.mi { visible mi; link k.z.mi { use near }; link n.x.mi { use near } }
node n.x.mi { link h2.x.mi { use near }; link curlie.x.mi { use near } }
node curlie.x.mi { link n.x.mi { use near } }
END
"$BUILD/mulga" explain joe@curlie.x.mi -f net.topo --home andy.x.mi >said
diff - said <<'END' || fail "explain from andy.x.mi"
joe@curlie.x.mi, fastest way from andy.x.mi:
  no entry for curlie.x.mi
  x.mi is a region of this node, and holds no such name
  curlie.x.mi: no route
  h2.x.mi has a way to curlie.x.mi, and takes it over; it is reached by uu.y.mi
  a better way would be uu.y.mi, k.z.mi, h2.x.mi, n.x.mi, curlie.x.mi
    rejected: uu.y.mi, visible in the world, and n.x.mi, visible in x.mi, do not see each other
  => h2.x.mi!curlie.x.mi goes to uu.y.mi, 3 s and cost 0 away
END

# In the running node: a link that the operator took down, and what the link there does.
nodes one.oz.au two.oz.au three.oz.au
{ link two.oz.au; link three.oz.au "delay 1h"; } | describe one.oz.au
{ link one.oz.au; link three.oz.au; } | describe two.oz.au
{ link one.oz.au "delay 1h"; link two.oz.au; } | describe three.oz.au
start one two three
says()
{
	mulga one explain joe@three.oz.au >said
	grep -q -- "$1" said
}
within 20 "one knows three" says 'three.oz.au goes to two.oz.au'
within 20 "the link is up" says 'The link to two.oz.au is up'
mulga one link down two.oz.au >/dev/null || fail "the link stays up"
within 20 "the other way" says 'three.oz.au goes to three.oz.au'
says 'a better way would be two.oz.au, three.oz.au' || fail "no better way: $(cat said)"
says 'rejected: the link one.oz.au -> two.oz.au is d' || fail "not rejected: $(cat said)"
stop one two three
