// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.repository;

import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.updater.bundle.Bundle;
import dev.bartizan.updater.bundle.BundleRefusal;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.DurableFile;
import dev.bartizan.updater.disk.FileName;
import dev.bartizan.updater.fetch.Quota;
import dev.bartizan.updater.fetch.Transport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A bundle in the place of the network, from its insertion until the deployment that it was
 * inserted for has ended, restarts in between included. While there is one, no server is asked for
 * anything, and nothing counts as data that costs.
 */
public final class OfflineSource {
  private static final FileName INSERTED = FileName.of("delivery/bundle");
  private static final int PATH_MAX = 4096;

  private final Disk disk;
  private @Nullable Path wanted;
  private @Nullable Bundle bundle;

  private OfflineSource(Disk disk) {
    this.disk = disk;
  }

  /** With the bundle that was inserted before a restart, if one was. */
  public static OfflineSource open(Disk disk) throws IOException {
    OfflineSource source = new OfflineSource(disk);
    Optional<byte[]> path = disk.read(INSERTED, PATH_MAX);
    if (path.isPresent() && path.get().length > 0) {
      source.wanted = Path.of(new String(path.get(), StandardCharsets.UTF_8));
    }
    return source;
  }

  /**
   * Inserts a bundle.
   *
   * @throws BundleRefusal when it cannot be used
   * @throws IOException when it is not there, or this daemon may not read it
   */
  public synchronized void insert(Path file) throws IOException, BundleRefusal, Malformed {
    byte[] path = file.toString().getBytes(StandardCharsets.UTF_8);
    if (!file.isAbsolute() || path.length > PATH_MAX) {
      throw new Malformed("update.offline is no absolute path: " + file);
    }
    Bundle opened = Bundle.open(file);
    eject();
    DurableFile.replace(disk, INSERTED, path);
    wanted = file;
    bundle = opened;
  }

  /** Back to the network. */
  public synchronized void eject() throws IOException {
    if (bundle != null) {
      bundle.close();
      bundle = null;
    }
    if (wanted != null) {
      DurableFile.replace(disk, INSERTED, new byte[0]);
      wanted = null;
    }
  }

  /** Whether a bundle takes the network's place. */
  public synchronized boolean isInserted() {
    return wanted != null;
  }

  /** Asks the bundle while there is one, and {@code network} else. */
  public Transport before(Transport network) {
    return (path, offset, count) ->
        isInserted() ? inserted().get(path, offset, count) : network.get(path, offset, count);
  }

  /** Counts nothing while there is a bundle. */
  public Quota before(Quota network) {
    return new Quota() {
      @Override
      public long available() throws IOException {
        return isInserted() ? Long.MAX_VALUE : network.available();
      }

      @Override
      public void spend(long bytes) throws IOException {
        if (!isInserted()) {
          network.spend(bytes);
        }
      }
    };
  }

  /** The stick may come back after a restart, or not: until then nothing is fetched. */
  private synchronized Bundle inserted() throws IOException {
    if (bundle == null && wanted != null) {
      try {
        bundle = Bundle.open(wanted);
      } catch (BundleRefusal another) {
        throw new IOException(another.getMessage(), another);
      }
    }
    if (bundle == null) {
      throw new IOException("the bundle was just taken away");
    }
    return bundle;
  }
}
