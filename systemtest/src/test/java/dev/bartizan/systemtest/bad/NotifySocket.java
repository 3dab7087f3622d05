// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.bad;

import com.sun.jna.Library;
import com.sun.jna.Native;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands for systemd's end of sd_notify(3): hears the beats, and what becomes of their absence. */
final class NotifySocket {
  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVTIMEO = 20;
  private static final int LONGEST = 64 * 1024;

  /** What of the C library is needed. */
  interface C extends Library {
    int socket(int domain, int type, int protocol);

    int bind(int fd, byte[] address, int length);

    int setsockopt(int fd, int level, int option, byte[] value, int length);

    long recv(int fd, byte[] buffer, long length, int flags);

    int close(int fd);
  }

  private final C c = Native.load("c", C.class);
  private final Path path;
  private final Duration watchdog;
  private final Runnable kill;
  private final int fd;
  private final AtomicInteger beats = new AtomicInteger();
  private final AtomicInteger kills = new AtomicInteger();
  private final Thread thread = new Thread(this::run, "notify");
  private volatile boolean closed;

  /**
   * @param watchdog as {@code WatchdogSec=}
   * @param kill the daemon, which has let it pass
   */
  NotifySocket(Path path, Duration watchdog, Runnable kill) throws IOException {
    this.path = path;
    this.watchdog = watchdog;
    this.kill = kill;
    this.fd = c.socket(AF_UNIX, SOCK_DGRAM, 0);
    byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
    byte[] address = new byte[name.length + 3];
    address[0] = AF_UNIX;
    System.arraycopy(name, 0, address, 2, name.length);
    ByteBuffer tenth = ByteBuffer.allocate(16).order(ByteOrder.nativeOrder());
    tenth.putLong(8, 100_000); // A timeval of microseconds.
    if (fd < 0
        || c.bind(fd, address, address.length) != 0
        || c.setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, tenth.array(), 16) != 0) {
      throw new IOException(path + ": cannot be listened on");
    }
    thread.start();
  }

  int beats() {
    return beats.get();
  }

  int kills() {
    return kills.get();
  }

  private void run() {
    byte[] message = new byte[LONGEST];
    boolean isReady = false;
    long last = 0;
    while (!closed) {
      long length = c.recv(fd, message, message.length, 0);
      long now = System.nanoTime();
      if (length > 0) {
        String said = new String(message, 0, (int) length, StandardCharsets.UTF_8);
        isReady = (isReady || said.contains("READY=1")) && !said.contains("STOPPING=1");
        last = said.contains("READY=1") || said.contains("WATCHDOG=1") ? now : last;
        beats.addAndGet(said.contains("WATCHDOG=1") ? 1 : 0);
      } else if (isReady && now - last > watchdog.toNanos()) {
        kills.incrementAndGet();
        isReady = false;
        kill.run();
      }
    }
  }

  void close() throws IOException, InterruptedException {
    closed = true;
    thread.join();
    c.close(fd);
    Files.deleteIfExists(path);
  }
}
