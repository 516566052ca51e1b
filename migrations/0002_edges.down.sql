DROP FUNCTION forget_edges(), blocked_by_viewer(), unblock_member(uuid, timestamptz), block_member(uuid, timestamptz),
    unfollow(uuid, timestamptz), remove_follower(uuid, timestamptz), approve_follower(uuid, timestamptz),
    ask_to_follow(uuid, timestamptz), lock_edge(uuid),
    set_edge(uuid, uuid, integer, integer, integer, integer, timestamptz);
