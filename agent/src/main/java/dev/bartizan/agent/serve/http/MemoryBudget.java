// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.http;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The memory that all requests together may hold: bodies, tensors, texts and answers, on the heap
 * and outside.
 *
 * <p>One request may hold half of it, one user three quarters: what is left is everybody else's.
 * Where there is no room, the request that holds most and waits for its client gives way to one
 * that holds less: neither a slow body nor an answer that nobody fetches keeps others out.
 * Thread-safe.
 */
public final class MemoryBudget {
  private static final int SHARES_OF_HEAP = 8;
  private static final int SHARES_FOR_REQUESTS = 3;
  private static final long LEAST = 4 << 20;

  private final long total;
  private final Set<MemoryShare> open = new HashSet<>();
  private final Map<Object, Long> byUser = new HashMap<>();
  private long held;

  /**
   * @param total bytes that all requests together may hold
   */
  public MemoryBudget(long total) {
    this.total = total;
  }

  /**
   * Three eighths of the heap: beside it there is room for what the agent itself needs, and for
   * what the collector needs.
   *
   * @param heap the most bytes it may have; tensors outside the heap have the same again by default
   */
  public static MemoryBudget ofHeap(long heap) {
    return new MemoryBudget(Math.max(LEAST, heap / SHARES_OF_HEAP * SHARES_FOR_REQUESTS));
  }

  public long total() {
    return total;
  }

  /** Bytes one request may hold at the most. */
  public long perRequest() {
    return total / 2;
  }

  private long perUser() {
    return total / 4 * 3;
  }

  /** Bytes that are held now. */
  public synchronized long held() {
    return held;
  }

  /**
   * Opens a request's account.
   *
   * @param user whose request it is: equal for requests of the same user
   * @param yielding asks its request to give all up, and says whether it did; must not wait
   */
  public synchronized MemoryShare open(Object user, MemoryShare.Yielding yielding) {
    MemoryShare share = new MemoryShare(this, user, yielding);
    open.add(share);
    return share;
  }

  /** Called without any lock of this class, as others may have to give way. */
  void reserve(MemoryShare share, long bytes) throws CallRefusal {
    if (bytes > perRequest() - share.held()) {
      throw CallRefusal.takesTooMuch(perRequest());
    }
    while (!take(share, bytes)) {
      if (larger(share, bytes).stream().noneMatch(MemoryShare::giveWay)) {
        throw CallRefusal.busy("the memory");
      }
    }
  }

  private synchronized boolean take(MemoryShare share, long bytes) throws CallRefusal {
    if (!open.contains(share)) {
      throw CallRefusal.busy("the memory"); // it gave way itself
    }
    if (bytes > total - held || bytes > perUser() - ofUser(share)) {
      return false;
    }
    change(share, bytes);
    return true;
  }

  /**
   * Those that hold more than this one would, largest first: of its own user where that is full.
   */
  private synchronized List<MemoryShare> larger(MemoryShare share, long bytes) {
    boolean ownOnly = bytes > perUser() - ofUser(share);
    return open.stream()
        .filter(other -> other != share && other.held() > share.held() + bytes)
        .filter(other -> !ownOnly || other.user().equals(share.user()))
        .sorted(Comparator.comparingLong(MemoryShare::held).reversed())
        .toList();
  }

  synchronized void giveBack(MemoryShare share, long bytes) {
    if (open.contains(share)) {
      change(share, -bytes);
    }
  }

  synchronized void close(MemoryShare share) {
    if (open.contains(share)) {
      change(share, -share.held());
      open.remove(share);
    }
  }

  private void change(MemoryShare share, long bytes) {
    share.change(bytes);
    held += bytes;
    long ofUser = ofUser(share) + bytes;
    if (ofUser == 0) {
      byUser.remove(share.user());
    } else {
      byUser.put(share.user(), ofUser);
    }
  }

  private long ofUser(MemoryShare share) {
    return byUser.getOrDefault(share.user(), 0L);
  }
}
