// All that root can do with a tree of its own, an unprivileged user can do with theirs.
import '../integration/s6-manager.test.ts';
