// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent;

import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.mqtt.BrokerAddress;
import dev.bartizan.agent.mqtt.BrokerLink;
import dev.bartizan.agent.mqtt.Link;
import dev.bartizan.agent.mqtt.Outbox;
import dev.bartizan.agent.report.LogPlace;
import dev.bartizan.agent.schedule.Health;
import dev.bartizan.agent.system.ServiceManager;
import dev.bartizan.agent.world.Host;
import dev.bartizan.agent.world.Time;
import dev.bartizan.agent.world.Workers;
import dev.bartizan.agent.world.World;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.PcrApprovals;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.engine.Engine;
import dev.bartizan.updater.fetch.Transport;
import dev.bartizan.updater.tuf.RepositorySimulator;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * A world of which everything is fake but the program: clock, disk, chip, network, broker, model
 * engine, threads.
 */
final class SimulatedWorld implements World {
  private final Ground ground;
  private final FakeDisk disk;
  private final SimulatedKeystore chip;
  private final SecureRandom random;
  private final SimulatedBroker broker = new SimulatedBroker();

  /** What the fleet's own clock says. */
  Instant truth = RepositorySimulator.START;

  /** What the machine's clock says. */
  Instant now = RepositorySimulator.START;

  final AtomicLong nanos = new AtomicLong();
  boolean isOnline = true;

  /** What the servers give out. */
  SimulatedFleet.Edition served;

  /** What happens before a server answers. */
  Runnable beforeAnswer = () -> {};

  /** Who started the daemon. */
  ServiceManager manager = ServiceManager.ofEnvironment();

  /** The daemon's threads of its own. */
  Function<String, ExecutorService> threads = name -> new Hand();

  /** After so many bytes the link breaks, once. */
  Optional<Integer> breaksAfter = Optional.empty();

  SimulatedWorld(Ground ground, SimulatedFleet.Edition first, FakeDisk disk, long seed) {
    this.ground = ground;
    this.served = first;
    this.disk = disk;
    this.chip = new SimulatedKeystore(ground, disk);
    this.random = seeded(seed);
  }

  private static SecureRandom seeded(long seed) {
    try {
      SecureRandom random = SecureRandom.getInstance("SHA1PRNG"); // It gives the same again.
      random.setSeed(seed);
      return random;
    } catch (GeneralSecurityException none) {
      throw new AssertionError(none);
    }
  }

  AgentConfig config() {
    return ground.config();
  }

  FakeDisk fakeDisk() {
    return disk;
  }

  SimulatedKeystore chip() {
    return chip;
  }

  SimulatedBroker broker() {
    return broker;
  }

  void pass(Duration time) {
    now = now.plus(time);
    truth = truth.plus(time);
    nanos.addAndGet(time.toNanos());
  }

  @Override
  public Host host() {
    Time time = new Time(() -> now, nanos::get, this::pass);
    return new Host(
        ground.installation(),
        Optional.empty(),
        time,
        random,
        manager,
        new Workers(new Hand(), 1, threads));
  }

  @Override
  public Disk disk() {
    return disk;
  }

  @Override
  public Transport transport(URI server) {
    return (path, offset, count) -> {
      if (!isOnline) {
        throw new IOException("no route to host");
      }
      beforeAnswer.run();
      Optional<byte[]> content = served.file(path);
      if (content.isEmpty()) {
        return new Transport.Response(404, 0, OptionalLong.empty(), InputStream.nullInputStream());
      }
      byte[] file = content.get();
      int from = (int) Math.min(offset, file.length);
      int to = (int) Math.min(file.length, from + Math.min(count, file.length));
      boolean isPart = offset > 0 || to < file.length;
      return new Transport.Response(
          isPart ? 206 : 200,
          from,
          OptionalLong.of(file.length),
          body(Arrays.copyOfRange(file, from, to)));
    };
  }

  private InputStream body(byte[] content) {
    if (breaksAfter.isEmpty()) {
      return new ByteArrayInputStream(content);
    }
    byte[] first = Arrays.copyOf(content, Math.min(content.length, breaksAfter.get()));
    breaksAfter = Optional.empty();
    return new SequenceInputStream(new ByteArrayInputStream(first), new Broken());
  }

  @Override
  public Link link(
      BrokerAddress address,
      Outbox outbox,
      BrokerLink.CommandSink commands,
      BrokerLink.Listener listener,
      Health health) {
    return broker.link(outbox, commands, listener);
  }

  @Override
  public DeviceKeystore keystore(PcrApprovals approvals) {
    return chip;
  }

  @Override
  public DeviceKeystore nextKeystore(PcrApprovals approvals) {
    throw new UnsupportedOperationException("nobody rotates keys in these lives");
  }

  @Override
  public LogPlace measurementLog() {
    return new LogPlace() {
      @Override
      public Optional<byte[]> read() {
        return Optional.empty();
      }

      @Override
      public void write(byte[] log) throws IOException {
        throw new IOException("a keystore without PCRs keeps no log");
      }
    };
  }

  @Override
  public Engine runtime(int threads) {
    return new SimulatedEngine(this);
  }

  /** Where a connection broke. */
  private static final class Broken extends InputStream {
    @Override
    public int read() throws IOException {
      throw new IOException("connection reset");
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      return read();
    }
  }

  /** Does at once what it is given: one thread is all there is, and so each life is the same. */
  private static final class Hand extends AbstractExecutorService {
    private boolean isShut;

    @Override
    public void execute(Runnable work) {
      work.run();
    }

    @Override
    public void shutdown() {
      isShut = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
      isShut = true;
      return List.of();
    }

    @Override
    public boolean isShutdown() {
      return isShut;
    }

    @Override
    public boolean isTerminated() {
      return isShut;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return true;
    }
  }
}
