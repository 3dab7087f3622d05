// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.trust;

import dev.bartizan.crypto.Interrupted;
import dev.bartizan.protocol.release.SoftwareFile;
import dev.bartizan.updater.software.Installation;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The files of the agent that runs, hashed beside other work: some hundred megabytes. */
public final class OwnFiles {
  private final Installation installation;
  private final Supplier<MessageDigest> sha256;
  private final ExecutorService workers;
  private @Nullable Future<Map<String, SoftwareFile>> hashed;

  public OwnFiles(
      Installation installation, Supplier<MessageDigest> sha256, ExecutorService workers) {
    this.installation = installation;
    this.sha256 = sha256;
    this.workers = workers;
  }

  /** The version that they are. */
  Installation installation() {
    return installation;
  }

  /** Begins now, for whoever asks next. */
  synchronized void begin() {
    hashed = workers.submit(() -> installation.files(sha256));
  }

  /** What has been begun, once; or begun now. */
  synchronized Future<Map<String, SoftwareFile>> take() {
    Future<Map<String, SoftwareFile>> begun = hashed;
    hashed = null;
    return begun == null ? workers.submit(() -> installation.files(sha256)) : begun;
  }

  /** What was found, which whoever asks next is to be given again. */
  Map<String, SoftwareFile> keep() throws IOException {
    Future<Map<String, SoftwareFile>> files = take();
    Map<String, SoftwareFile> found = await(files);
    synchronized (this) {
      hashed = files;
    }
    return found;
  }

  static Map<String, SoftwareFile> await(Future<Map<String, SoftwareFile>> files)
      throws IOException {
    try {
      return files.get();
    } catch (ExecutionException unreadable) {
      throw new IOException("cannot read the agent's own files", unreadable.getCause());
    } catch (InterruptedException stopping) {
      throw Interrupted.toIo(stopping, "the agent is stopping");
    }
  }
}
