// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.http;

/** One request's part of a {@link MemoryBudget}; given back as a whole when the request is over. */
public final class MemoryShare implements AutoCloseable {
  /** How a request is asked for its memory. */
  @FunctionalInterface
  public interface Yielding {
    /** Gives all memory back, unless the request is at work just now. */
    boolean giveWay();
  }

  private final MemoryBudget budget;
  private final Object user;
  private final Yielding yielding;

  /** Changed by the budget, under its lock. */
  private volatile long held;

  MemoryShare(MemoryBudget budget, Object user, Yielding yielding) {
    this.budget = budget;
    this.user = user;
    this.yielding = yielding;
  }

  /**
   * Says that so much more memory is about to be taken.
   *
   * @throws CallRefusal when one request may not have it at all (413), or others hold it (503)
   */
  public void reserve(long bytes) throws CallRefusal {
    if (bytes < 0) {
      throw new IllegalArgumentException("a size is negative: " + bytes);
    }
    budget.reserve(this, bytes);
  }

  /** Says that so much of it is not used any more. */
  public void giveBack(long bytes) {
    budget.giveBack(this, bytes);
  }

  /** Bytes one request may hold at the most. */
  public long limit() {
    return budget.perRequest();
  }

  /** Bytes this request holds. */
  public long held() {
    return held;
  }

  Object user() {
    return user;
  }

  boolean giveWay() {
    return yielding.giveWay();
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer at a time: the budget holds its lock
  void change(long bytes) {
    held += bytes;
  }

  /** Nothing more is taken from here on. */
  @Override
  public void close() {
    budget.close(this);
  }
}
