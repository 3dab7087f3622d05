package dev.bartizan.agent.serve.oip;

import dev.bartizan.agent.serve.InferenceRefusal;
import dev.bartizan.agent.serve.InferenceRefusal.Reason;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory for requests, used again and again: a request costs no garbage to speak of, and all
 * requests together no more than a budget.
 */
final class Workspaces {
  /** What an idle workspace may keep; larger ones were for a rare request. */
  private static final int KEEP_BYTES = 8 << 20;

  /** Requests of the greatest size that may be under way at once. */
  private static final int GREATEST_AT_ONCE = 4;

  private final ConcurrentLinkedDeque<Workspace> idle = new ConcurrentLinkedDeque<>();
  private final AtomicLong budget;
  private final int limit;

  /**
   * @param limit bytes that one request's body may have, and the same again for its tensors
   */
  Workspaces(int limit) {
    this.limit = limit;
    this.budget = new AtomicLong(2L * GREATEST_AT_ONCE * limit);
  }

  /** The workspace used last, whose memory is still in the caches, or a new one. */
  Workspace borrow() {
    Workspace last = idle.pollFirst();
    return last != null ? last : new Workspace(this, limit);
  }

  void giveBack(Workspace workspace) {
    if (workspace.reserved() <= KEEP_BYTES) {
      idle.addFirst(workspace);
    } else {
      budget.addAndGet(workspace.reserved());
    }
  }

  void reserve(long bytes) throws InferenceRefusal {
    if (budget.addAndGet(-bytes) < 0) {
      budget.addAndGet(bytes);
      throw new InferenceRefusal(Reason.BUSY, "other requests hold the memory this one needs");
    }
  }
}
