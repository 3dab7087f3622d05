// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.disk.PowerCut;
import dev.bartizan.updater.disk.Survival;
import java.io.IOException;
import java.util.Set;

/**
 * One refresh over two changes of keys, told again and again with trouble at another call to the
 * disk. After each, what the device trusts is the old set or the new one, whole and verified
 * offline, and the next refresh arrives at the new one. Counts the states it has tried.
 */
public final class MetadataCuts {
  private static final String MODEL = "models/defects";
  private static final long OLD = 1;
  private static final long NEW = 2;

  private final RepositorySimulator repository = new RepositorySimulator();
  private final FakeDisk before = new FakeDisk();
  private final Root pinned;
  private int states;

  public MetadataCuts() throws Exception {
    repository.delegate("targets", "models", false, "models/*");
    release("1");
    pinned = TufClient.root(repository.rootFile(1));
    client(before).refreshAll();
    repository.rotateKeys("root");
    repository.publishRoot();
    repository.rotateKeys("snapshot");
    repository.publishRoot();
    release("22");
  }

  public int states() {
    return states;
  }

  private void release(String content) {
    repository.addTarget("models", MODEL, content);
    repository.release("targets", "models");
  }

  /** The power fails before each call, and again before every {@code stride}-th of the next try. */
  public void twice(Survival survival, int stride, int seeds) throws Exception {
    boolean isOver = false;
    for (int first = 1; !isOver; first++) {
      boolean recovered = false;
      for (int second = 1 + first % stride; !recovered; second += stride) {
        for (int seed = 0; seed < seeds; seed++) {
          FakeDisk disk = before.copy();
          isOver = !isCut(disk, first, survival, seed);
          check(disk, isOver, "cut " + first);
          recovered = !isCut(disk, second, survival, seed + first);
          String trace = "cut " + first + "," + second + " " + survival + " seed " + seed;
          check(disk, recovered, trace);
          finish(disk, trace);
        }
      }
    }
  }

  /** Each call fails once, and then each call from there on finds the disk full. */
  public void anErrorOrAFullDiskAtEachCall() throws Exception {
    boolean isOver = false;
    for (int call = 1; !isOver; call++) {
      FakeDisk failing = before.copy();
      failing.failAt(call);
      isOver = !isFailing(failing);
      failing.behave();
      check(failing, isOver, "error at " + call);
      finish(failing, "error at " + call);
      FakeDisk full = before.copy();
      full.fullFrom(call);
      isOver &= !isFailing(full);
      check(full, isOver, "full from " + call);
      full.behave();
      finish(full, "full from " + call);
    }
  }

  private boolean isCut(FakeDisk disk, int call, Survival survival, int seed) throws Exception {
    disk.cutBefore(call);
    try {
      client(disk).refreshAll();
      return false;
    } catch (PowerCut off) {
      return true;
    } finally {
      disk.reboot(survival, seed);
    }
  }

  private boolean isFailing(FakeDisk disk) throws TufRefusal {
    try {
      client(disk).refreshAll();
      return false;
    } catch (IOException trouble) {
      return true;
    }
  }

  private void finish(FakeDisk disk, String trace) throws Exception {
    client(disk).refreshAll();
    check(disk, true, trace);
    states++;
  }

  private void check(FakeDisk disk, boolean isRefreshed, String trace) throws Exception {
    long length = client(disk).loadTrusted().get(MODEL).length();
    if (!(isRefreshed ? Set.of(NEW) : Set.of(OLD, NEW)).contains(length)) {
      throw new AssertionError("metadata: " + trace + ": the target is " + length + " long");
    }
  }

  private TufClient client(FakeDisk disk) {
    return new TufClient(
        pinned, new MetadataStore(disk, "tuf"), repository, () -> RepositorySimulator.START);
  }
}
