// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.http;

import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Sends each request on its way: an {@link Exchange}. */
final class Pipeline extends Handler.Abstract.NonBlocking implements Exchange.House {
  private final Routes routes;
  private final Clients clients;
  private final MemoryBudget memory;
  private final WorkQueue queue;
  private final LongSupplier nanoTime;

  Pipeline(Routes routes, Clients clients, ServerOptions options, Executor threads) {
    this.routes = routes;
    this.clients = clients;
    this.memory = options.memory();
    this.queue = new WorkQueue(threads, options.threads());
    this.nanoTime = options.nanoTime();
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    try {
      Client client = clients.of(request.getConnectionMetaData().getConnection());
      new Exchange(this, client, memory, request, response, callback).admit();
    } catch (Error end) {
      fatal(end);
    }
    return true;
  }

  /** What Jetty itself refuses, a malformed header say, looks like every other error. */
  static boolean handleError(Request request, Response response, Callback callback) {
    int status = response.getStatus();
    Answer answer = Routes.error(status, HttpStatus.getMessage(status), "HTTP_" + status, Map.of());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, answer.contentType());
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, answer.length().orElseThrow());
    response.write(true, answer.body(), callback);
    return true;
  }

  @Override
  public Route route(Request request) throws CallRefusal {
    return routes.find(request);
  }

  @Override
  public Answer ask(Route route, Call call) {
    return routes.ask(route, call);
  }

  @Override
  public Answer refuse(HttpRefusal refusal) {
    return Routes.error(refusal);
  }

  @Override
  public void work(Object user, Runnable work) throws CallRefusal {
    queue.submit(user, work);
  }

  /** As for any thread that an error ends; the server's own threads would only note it. */
  @Override
  public void fatal(Error end) {
    Thread thread = Thread.currentThread();
    thread.getUncaughtExceptionHandler().uncaughtException(thread, end);
  }

  @Override
  public long nanoTime() {
    return nanoTime.getAsLong();
  }
}
